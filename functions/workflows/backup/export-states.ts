import type { BackupSteps, ExportPlaces } from '#functions/workflows/backup/definition.ts'
import { call, task } from '#functions/workflows/retry.ts'
import { exportPrefix } from '#lib/backup/vault-keys.ts'

type Ways = { next: string; onFailure: string }

/** From the plan of a backup to an export that DynamoDB has finished. */
export function exportStates({ plan }: BackupSteps, places: ExportPlaces, { next, onFailure }: Ways) {
  const exporting = (parameters: object) => exportCall(places, { parameters, onFailure })
  return {
    DescribeTable: call('dynamodb:describeTable', {
      parameters: { TableName: places.tableArn },
      result: {
        'name.$': '$.Table.TableName',
        'AttributeDefinitions.$': '$.Table.AttributeDefinitions',
        'KeySchema.$': '$.Table.KeySchema',
        'GlobalSecondaryIndexes.$': '$.Table.GlobalSecondaryIndexes',
      },
      into: '$.table',
      ways: { next: 'Plan', onFailure },
    }),
    Plan: task(plan, { next: 'WhatToExport', onFailure }),
    WhatToExport: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.kind', StringEquals: 'full', Next: 'ExportAll' },
        { Variable: '$.toAt', IsPresent: true, Next: 'ExportWindow' },
      ],
      Default: 'ExportChanges',
    },
    ExportAll: exporting({ ExportType: 'FULL_EXPORT' }),
    ExportChanges: exporting(incremental({ 'ExportFromTime.$': '$.fromAt' })),
    ExportWindow: exporting(incremental({ 'ExportFromTime.$': '$.fromAt', 'ExportToTime.$': '$.toAt' })),
    AwaitExport: { Type: 'Wait', SecondsPath: '$.pollSeconds', Next: 'DescribeExport' },
    DescribeExport: call('dynamodb:describeExport', {
      parameters: { 'ExportArn.$': '$.export.arn' },
      result: { 'arn.$': '$.ExportDescription.ExportArn', 'status.$': '$.ExportDescription.ExportStatus' },
      into: '$.export',
      ways: { next: 'IsExported', onFailure },
    }),
    IsExported: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.export.status', StringEquals: 'COMPLETED', Next: next },
        { Variable: '$.export.status', StringEquals: 'FAILED', Next: 'ExportFailed' },
      ],
      Default: 'AwaitExport',
    },
    ExportFailed: {
      Type: 'Pass',
      Result: {
        Error: 'ExportFailed',
        Cause: 'DynamoDB could not export the table; DescribeExport says why. Start a backup again.',
      },
      ResultPath: '$.failure',
      Next: onFailure,
    },
  }
}

function exportCall(
  { tableArn, bucket, keyArn }: ExportPlaces,
  { parameters, onFailure }: { parameters: object; onFailure: string },
) {
  return call('dynamodb:exportTableToPointInTime', {
    parameters: {
      TableArn: tableArn,
      // The same token is the same export, however often the state runs.
      'ClientToken.$': '$.clientToken',
      ExportFormat: 'DYNAMODB_JSON',
      S3Bucket: bucket,
      S3Prefix: exportPrefix,
      S3SseAlgorithm: 'KMS',
      S3SseKmsKeyId: keyArn,
      ...parameters,
    },
    result: { 'arn.$': '$.ExportDescription.ExportArn', 'status.$': '$.ExportDescription.ExportStatus' },
    into: '$.export',
    ways: { next: 'AwaitExport', onFailure },
  })
}

function incremental(window: object) {
  return {
    ExportType: 'INCREMENTAL_EXPORT',
    // What an item is now is all that a restore needs of it.
    IncrementalExportSpecification: { ExportViewType: 'NEW_IMAGE', ...window },
  }
}
