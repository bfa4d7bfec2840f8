import { bucket, putMany, shape, startGround, table, tableArn } from './support.ts'

// Runs an engine, an S3 and transfers on a folder, begins what it is asked to, tells its ARN and goes on until it is killed.

const [directory = '', kind = '', prefix = ''] = process.argv.slice(2)

const ground = await startGround(directory)

async function begin(): Promise<Record<string, unknown>> {
  if (kind === 'export') {
    await putMany(ground, 3000)
    const asked = { TableArn: tableArn(table.name), S3Bucket: bucket, S3Prefix: 'table', ClientToken: 'killed' }
    const { ExportDescription } = await ground.transfers.call('ExportTableToPointInTime', asked)
    return ExportDescription as Record<string, unknown>
  }
  const { ImportTableDescription } = await ground.transfers.call('ImportTable', {
    S3BucketSource: { S3Bucket: bucket, S3KeyPrefix: prefix },
    InputFormat: 'DYNAMODB_JSON',
    InputCompressionType: 'GZIP',
    TableCreationParameters: { TableName: 'Scratch', BillingMode: 'PAY_PER_REQUEST', ...shape },
    ClientToken: 'killed',
  })
  return ImportTableDescription as Record<string, unknown>
}

const { ExportArn, ImportArn } = await begin()
process.send?.(ExportArn ?? ImportArn)
