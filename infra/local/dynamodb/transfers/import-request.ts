import * as z from 'zod'

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })).min(1)

/** What of CreateTable an import may say. */
const tableCreation = z.strictObject({
  TableName: z.string().min(3).max(255),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  ProvisionedThroughput: z.unknown().optional(),
  OnDemandThroughput: z.unknown().optional(),
  SSESpecification: z.unknown().optional(),
  /** The same in a state machine, which names members as the SDK for Java does. */
  SseSpecification: z.unknown().optional(),
  GlobalSecondaryIndexes: z
    .array(
      z.looseObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.looseObject({ ProjectionType: z.string() }),
      }),
    )
    .optional(),
})

/** The input of ImportTable. */
export const importInput = z.strictObject({
  ClientToken: z.string().optional(),
  S3BucketSource: z.strictObject({
    S3Bucket: z.string().min(1),
    S3BucketOwner: z.string().optional(),
    S3KeyPrefix: z.string().optional(),
  }),
  InputFormat: z.literal('DYNAMODB_JSON', 'only DYNAMODB_JSON is read locally'),
  InputFormatOptions: z.unknown().optional(),
  InputCompressionType: z.enum(['GZIP', 'ZSTD', 'NONE']).default('NONE'),
  TableCreationParameters: tableCreation,
})

/** A checked request for an import. */
export type ImportRequest = z.output<typeof importInput>

/** The input of DescribeImport. */
export const describeImportInput = z.strictObject({ ImportArn: z.string() })

/** The input of ListImports. */
export const listImportsInput = z.strictObject({
  TableArn: z.string().optional(),
  PageSize: z.int().min(1).max(25).default(25),
  NextToken: z.string().optional(),
})
