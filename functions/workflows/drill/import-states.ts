import type { ImportPlaces } from '#functions/workflows/drill/definition.ts'
import { call } from '#functions/workflows/retry.ts'

const described = {
  'arn.$': '$.ImportTableDescription.ImportArn',
  'status.$': '$.ImportTableDescription.ImportStatus',
}

/** From a backup whose files are all verified to a table that DynamoDB has filled from its full part. */
export function importStates(
  { bucket, keyArn }: ImportPlaces,
  { next, onFailure }: { next: string; onFailure: string },
) {
  return {
    Import: call('dynamodb:importTable', {
      parameters: {
        // The same token is the same import, however often the state runs.
        'ClientToken.$': '$.clientToken',
        S3BucketSource: { S3Bucket: bucket, 'S3KeyPrefix.$': '$.source' },
        InputFormat: 'DYNAMODB_JSON',
        InputCompressionType: 'GZIP',
        TableCreationParameters: {
          'TableName.$': '$.table',
          'AttributeDefinitions.$': '$.shape.AttributeDefinitions',
          'KeySchema.$': '$.shape.KeySchema',
          'GlobalSecondaryIndexes.$': '$.shape.GlobalSecondaryIndexes',
          BillingMode: 'PAY_PER_REQUEST',
          // Step Functions names members as the SDK for Java does.
          SseSpecification: { Enabled: true, SseType: 'KMS', KmsMasterKeyId: keyArn },
        },
      },
      result: described,
      into: '$.import',
      ways: { next: 'AwaitImport', onFailure },
    }),
    AwaitImport: { Type: 'Wait', SecondsPath: '$.pollSeconds', Next: 'DescribeImport' },
    DescribeImport: call('dynamodb:describeImport', {
      parameters: { 'ImportArn.$': '$.import.arn' },
      result: described,
      into: '$.import',
      ways: { next: 'IsImported', onFailure },
    }),
    IsImported: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.import.status', StringEquals: 'COMPLETED', Next: 'ReadImport' },
        { Variable: '$.import.status', StringEquals: 'IN_PROGRESS', Next: 'AwaitImport' },
      ],
      Default: 'ImportFailed',
    },
    // What an import has read is told of one that has ended only.
    ReadImport: call('dynamodb:describeImport', {
      parameters: { 'ImportArn.$': '$.import.arn' },
      result: { 'bytes.$': '$.ImportTableDescription.ProcessedSizeBytes' },
      into: '$.import',
      ways: { next, onFailure },
    }),
    ImportFailed: {
      Type: 'Pass',
      Result: {
        Error: 'ImportFailed',
        Cause: 'DynamoDB could not import the backup; DescribeImport says why. Start a drill again.',
      },
      ResultPath: '$.failure',
      Next: onFailure,
    },
  }
}
