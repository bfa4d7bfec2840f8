import * as z from 'zod'

/** Seconds since 1970, as in DynamoDB's own protocol, or RFC 3339 as in a state machine; to milliseconds. */
const time = z.union([
  z.number().transform(seconds => Math.round(seconds * 1000)),
  z.iso.datetime({ offset: true }).transform(text => Date.parse(text)),
])

/** The input of ExportTableToPointInTime. */
export const exportInput = z.strictObject({
  TableArn: z.string(),
  S3Bucket: z.string().min(1),
  S3BucketOwner: z.string().optional(),
  S3Prefix: z.string().max(1024).optional(),
  S3SseAlgorithm: z.enum(['AES256', 'KMS']).optional(),
  S3SseKmsKeyId: z.string().optional(),
  ExportFormat: z.literal('DYNAMODB_JSON', 'only DYNAMODB_JSON is written locally').default('DYNAMODB_JSON'),
  ExportTime: time.optional(),
  ExportType: z.enum(['FULL_EXPORT', 'INCREMENTAL_EXPORT']).default('FULL_EXPORT'),
  IncrementalExportSpecification: z
    .strictObject({
      ExportFromTime: time,
      ExportToTime: time.optional(),
      ExportViewType: z.enum(['NEW_AND_OLD_IMAGES', 'NEW_IMAGE']).default('NEW_AND_OLD_IMAGES'),
    })
    .optional(),
  ClientToken: z.string().optional(),
})

/** A checked request for an export. */
export type ExportRequest = z.output<typeof exportInput>

/** The input of DescribeExport. */
export const describeExportInput = z.strictObject({ ExportArn: z.string() })

/** The input of ListExports. */
export const listExportsInput = z.strictObject({
  TableArn: z.string().optional(),
  MaxResults: z.int().min(1).max(25).default(25),
  NextToken: z.string().optional(),
})
