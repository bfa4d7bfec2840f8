import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { DynamoDbError } from '../client.ts'
import { type Caller, demand } from './caller.ts'
import type { ImportJob } from './import-job.ts'
import { describeImportInput, type ImportRequest, importInput, listImportsInput } from './import-request.ts'
import { page } from './page.ts'
import { parseInput } from './parse-input.ts'
import { readStoredTable } from './stored-table.ts'
import { tableArnOf } from './table-arn.ts'
import type { TransferGround } from './transfer-ground.ts'
import type { Transfer } from './transfer-store.ts'

type Output = Record<string, unknown>

const created = z.object({ TableDescription: z.object({ TableId: z.string() }) })

/** ImportTable: makes the table and begins to fill it; asked again with its token, it answers the description of the same. */
export async function importTable(ground: TransferGround, body: unknown, caller: Caller): Promise<Output> {
  const { ClientToken: token = randomBytes(16).toString('hex'), ...request } = parseInput(importInput, body)
  const tableArn = tableArnOf(ground.region, request.TableCreationParameters.TableName)
  demand(caller, 'dynamodb:ImportTable', tableArn)
  const asked = JSON.stringify(request)
  const earlier = ground.store.withToken('import', token)
  if (earlier !== undefined) {
    if (earlier.request === asked) return { ImportTableDescription: describe(earlier) }
    throw new DynamoDbError('ImportConflictException', 400, 'Another import was asked for with this ClientToken.')
  }
  return begin(ground, { request, token, asked, tableArn }, caller)
}

/** DescribeImport. */
export function describeImport({ store }: TransferGround, body: unknown, caller: Caller): Output {
  const { ImportArn } = parseInput(describeImportInput, body)
  demand(caller, 'dynamodb:DescribeImport', ImportArn)
  const found = store.find('import', ImportArn)
  if (found !== undefined) return { ImportTableDescription: describe(found) }
  throw new DynamoDbError('ImportNotFoundException', 400, `Import not found: ${ImportArn}`)
}

/** ListImports, the newest first. */
export function listImports({ store }: TransferGround, body: unknown, caller: Caller): Output {
  const { TableArn, ...wanted } = parseInput(listImportsInput, body)
  demand(caller, 'dynamodb:ListImports', TableArn ?? '*')
  const all = store.list('import').filter(({ tableArn }) => TableArn === undefined || tableArn === TableArn)
  const { found, NextToken } = page(all, { size: wanted.PageSize, after: wanted.NextToken })
  const summaries = found.map(transfer => {
    const {
      ImportArn,
      ImportStatus,
      TableArn: arn,
      S3BucketSource,
      InputFormat,
      StartTime,
      EndTime,
    } = describe(transfer)
    return { ImportArn, ImportStatus, TableArn: arn, S3BucketSource, InputFormat, StartTime, EndTime }
  })
  return { ImportSummaryList: summaries, ...(NextToken !== undefined && { NextToken }) }
}

type Begun = { request: Omit<ImportRequest, 'ClientToken'>; token: string; asked: string; tableArn: string }

async function begin(ground: TransferGround, begun: Begun, { principal }: Caller): Promise<Output> {
  const { request, token, asked, tableArn } = begun
  const { S3BucketSource, InputCompressionType, TableCreationParameters } = request
  const name = TableCreationParameters.TableName
  if (readStoredTable(ground.engine, name) !== undefined)
    throw new DynamoDbError('ResourceInUseException', 400, `Table already exists: ${name}`)
  const startedAtMs = Date.now()
  const arn = `${tableArn}/import/${String(startedAtMs).padStart(14, '0')}-${randomBytes(4).toString('hex')}`
  // Kept before there is a table: whatever happens from here on, the next start finds what to delete.
  ground.store.add({ arn, kind: 'import', tableArn, token, startedAtMs, request: asked, plan: { ...request } })
  await createTable(ground, arn, TableCreationParameters)
  const job: ImportJob = {
    kind: 'import',
    engineFile: ground.engineFile,
    engineUrl: ground.engineUrl,
    table: name,
    s3: { endpoint: ground.s3Url(), region: ground.region, principal },
    bucket: S3BucketSource.S3Bucket,
    prefix: S3BucketSource.S3KeyPrefix ?? '',
    compression: InputCompressionType,
  }
  ground.run(arn, job)
  return describeImport(ground, { ImportArn: arn }, { principal, may: () => true })
}

async function createTable(
  { call, store }: TransferGround,
  arn: string,
  { SSESpecification: _, ...parameters }: ImportRequest['TableCreationParameters'],
): Promise<void> {
  try {
    // Encryption at rest is not the engine's: whoever may read the file reads it.
    created.parse(await call('CreateTable', { BillingMode: 'PAY_PER_REQUEST', ...parameters }))
  } catch (error) {
    store.end(arn, 'FAILED', { FailureCode: 'ValidationException', FailureMessage: String(error) })
    throw error
  }
}

function describe({ arn, status, tableArn, token, startedAtMs, endedAtMs, plan, result }: Transfer): Output {
  return {
    ImportArn: arn,
    ImportStatus: status,
    TableArn: tableArn,
    ClientToken: token,
    ...plan,
    StartTime: new Date(startedAtMs).toISOString(),
    ...(endedAtMs !== null && { EndTime: new Date(endedAtMs).toISOString() }),
    ...result,
  }
}
