import { randomBytes } from 'node:crypto'
import { DynamoDbError } from '../client.ts'
import { type Caller, demand } from './caller.ts'
import type { ExportJob } from './export-job.ts'
import { planExport } from './export-plan.ts'
import { describeExportInput, type ExportRequest, exportInput, listExportsInput } from './export-request.ts'
import { page } from './page.ts'
import { parseInput } from './parse-input.ts'
import { readStoredTable, type StoredTable } from './stored-table.ts'
import { tableNameOf } from './table-arn.ts'
import type { TransferGround } from './transfer-ground.ts'
import type { Transfer } from './transfer-store.ts'

type Output = Record<string, unknown>

/** ExportTableToPointInTime: begins an export and answers its description; asked again with its token, that of the same. */
export function exportTable(ground: TransferGround, body: unknown, caller: Caller): Output {
  const { ClientToken: token = randomBytes(16).toString('hex'), ...request } = parseInput(exportInput, body)
  demand(caller, 'dynamodb:ExportTableToPointInTime', request.TableArn)
  const asked = JSON.stringify(request)
  const earlier = ground.store.withToken('export', token)
  if (earlier !== undefined) {
    if (earlier.request === asked) return { ExportDescription: describe(earlier) }
    throw new DynamoDbError('ExportConflictException', 400, 'Another export was asked for with this ClientToken.')
  }
  return begin(ground, { request, token, asked }, caller)
}

/** DescribeExport. */
export function describeExport({ store }: TransferGround, body: unknown, caller: Caller): Output {
  const { ExportArn } = parseInput(describeExportInput, body)
  demand(caller, 'dynamodb:DescribeExport', ExportArn)
  const found = store.find('export', ExportArn)
  if (found !== undefined) return { ExportDescription: describe(found) }
  throw new DynamoDbError('ExportNotFoundException', 400, `Export not found: ${ExportArn}`)
}

/** ListExports, the newest first. */
export function listExports({ store }: TransferGround, body: unknown, caller: Caller): Output {
  const { TableArn, ...wanted } = parseInput(listExportsInput, body)
  demand(caller, 'dynamodb:ListExports', TableArn ?? '*')
  const all = store.list('export').filter(({ tableArn }) => TableArn === undefined || tableArn === TableArn)
  const { found, NextToken } = page(all, { size: wanted.MaxResults, after: wanted.NextToken })
  const summaries = found.map(({ arn, status, plan }) => ({
    ExportArn: arn,
    ExportStatus: status,
    ExportType: plan['ExportType'],
  }))
  return { ExportSummaries: summaries, ...(NextToken !== undefined && { NextToken }) }
}

function begin(
  ground: TransferGround,
  { request, token, asked }: { request: Omit<ExportRequest, 'ClientToken'>; token: string; asked: string },
  { principal }: Caller,
): Output {
  const table = tableToExport(ground, request)
  const { source, described, summary } = planExport(request, { moments: ground.moments, table })
  const startedAtMs = Date.now()
  const exportId = `${String(startedAtMs).padStart(14, '0')}-${randomBytes(4).toString('hex')}`
  const { TableArn: tableArn, S3Bucket: bucket, S3Prefix = '', S3SseAlgorithm, S3SseKmsKeyId } = request
  const arn = `${tableArn}/export/${exportId}`
  const place = { S3Bucket: bucket, ...(S3Prefix !== '' && { S3Prefix }), S3SseAlgorithm: S3SseAlgorithm ?? 'AES256' }
  const plan = {
    ...place,
    ...(S3SseKmsKeyId && { S3SseKmsKeyId }),
    ...described,
    TableId: table.id,
    ExportFormat: 'DYNAMODB_JSON',
  }
  ground.store.add({ arn, kind: 'export', tableArn, token, startedAtMs, request: asked, plan })
  const job: ExportJob = {
    kind: 'export',
    engineFile: ground.engineFile,
    table: table.name,
    source,
    s3: { endpoint: ground.s3Url(), region: ground.region, principal },
    bucket,
    encryption: { S3SseAlgorithm, S3SseKmsKeyId },
    prefix: S3Prefix === '' ? '' : `${S3Prefix.replace(/\/$/, '')}/`,
    exportId,
    summary: { ...summary, ...summaryOf({ arn, table, request, startedAtMs }) },
  }
  ground.run(arn, job)
  return describeExport(ground, { ExportArn: arn }, { principal, may: () => true })
}

/** Throws unless the table exists and can be told as of a time: the template asks for it, and its stream has the images. */
function tableToExport({ tables, engine }: TransferGround, { TableArn }: Pick<ExportRequest, 'TableArn'>): StoredTable {
  const name = tableNameOf(TableArn)
  const table = readStoredTable(engine, name)
  if (table === undefined) throw new DynamoDbError('TableNotFoundException', 400, `Table not found: ${name}`)
  const why = tables.find(each => each.name === name)?.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled
    ? table.hasImages
      ? undefined
      : 'locally it needs a stream with NEW_AND_OLD_IMAGES'
    : `Point in time recovery is not enabled for table '${name}'`
  if (why === undefined) return table
  throw new DynamoDbError('PointInTimeRecoveryUnavailableException', 400, why)
}

function summaryOf(made: {
  arn: string
  table: StoredTable
  request: Pick<ExportRequest, 'TableArn' | 'S3Bucket' | 'S3Prefix' | 'S3SseAlgorithm' | 'S3SseKmsKeyId'>
  startedAtMs: number
}): Record<string, unknown> {
  const { S3Bucket, S3Prefix, S3SseAlgorithm = 'AES256', S3SseKmsKeyId, TableArn } = made.request
  return {
    exportArn: made.arn,
    startTime: new Date(made.startedAtMs).toISOString(),
    tableArn: TableArn,
    tableId: made.table.id,
    s3Bucket: S3Bucket,
    s3Prefix: S3Prefix ?? null,
    s3SseAlgorithm: S3SseAlgorithm,
    s3SseKmsKeyId: S3SseKmsKeyId ?? null,
    outputFormat: 'DYNAMODB_JSON',
  }
}

function describe({ arn, status, tableArn, token, startedAtMs, endedAtMs, plan, result }: Transfer): Output {
  return {
    ExportArn: arn,
    ExportStatus: status,
    StartTime: new Date(startedAtMs).toISOString(),
    ...(endedAtMs !== null && { EndTime: new Date(endedAtMs).toISOString() }),
    TableArn: tableArn,
    ClientToken: token,
    ...plan,
    ...result,
  }
}
