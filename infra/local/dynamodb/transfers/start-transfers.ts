import { openDatabase } from '../../engines/database.ts'
import { createDynamoDbClient, DynamoDbError } from '../client.ts'
import { dataFile } from '../process.ts'
import type { TableDefinition } from '../tables.ts'
import { type Caller, developer } from './caller.ts'
import { describeExport, exportTable, listExports } from './exports.ts'
import { describeImport, importTable, listImports } from './imports.ts'
import { openMoments } from './moments.ts'
import { interrupted, type RunningTransfer, runTransfer, type TransferJob } from './run-transfer.ts'
import { tableNameOf } from './table-arn.ts'
import { deleteTable, describeTable } from './tables.ts'
import { openTransferDatabase } from './transfer-database.ts'
import type { TransferGround } from './transfer-ground.ts'
import { openTransferStore } from './transfer-store.ts'

/** What transfers are made with. */
export type TransferOptions = {
  /** Folder of the engine's file. */
  directory: string
  /** Where the engine's API listens. */
  engineUrl: string
  /** Tables of the template: they say which can be told as of a time. */
  tables: readonly TableDefinition[]
  region: string
  /** Where S3 listens, once it does. */
  s3Url: () => string
  log?: (line: string) => void
}

/** DynamoDB's operations on whole tables, which the engine lacks. */
export type Transfers = {
  /**
   * Calls one by the name it has in AWS's API, such as ExportTableToPointInTime. Times are RFC 3339, as in a state machine.
   * Throws a DynamoDbError by DynamoDB's own names. Without a caller everything is allowed.
   */
  call(operation: string, input: unknown, caller?: Caller): Promise<Record<string, unknown>>
  isIdle(): boolean
  /** Ends what runs; it counts as failed from the next start on. */
  stop(): Promise<void>
}

type TransferOperation = (
  ground: TransferGround,
  input: unknown,
  caller: Caller,
) => Record<string, unknown> | Promise<Record<string, unknown>>

const operations: Readonly<Record<string, TransferOperation>> = {
  ExportTableToPointInTime: exportTable,
  DescribeExport: describeExport,
  ListExports: listExports,
  ImportTable: importTable,
  DescribeImport: describeImport,
  ListImports: listImports,
  DescribeTable: describeTable,
  DeleteTable: deleteTable,
}

/** Serves the operations on a running engine; what an earlier process left unfinished has failed. */
export async function startTransfers(options: TransferOptions): Promise<Transfers> {
  const { directory, engineUrl, tables, region, s3Url, log = () => {} } = options
  const call = createDynamoDbClient(engineUrl)
  const engineFile = dataFile(directory)
  const database = openTransferDatabase(directory)
  const store = openTransferStore(database)
  const engine = openDatabase(engineFile, 'PRAGMA query_only = ON')
  const moments = openMoments(database, engineFile)
  const running = new Map<string, RunningTransfer>()
  const run = async (arn: string, job: TransferJob) => {
    const transfer = runTransfer(job)
    running.set(arn, transfer)
    const end = await transfer.ended
    running.delete(arn)
    if (end === undefined) return
    store.end(arn, end.status, end.result)
    if (end.status === 'FAILED') log(`dynamodb: ${arn} failed: ${end.result['FailureMessage']}`)
  }
  const ground: TransferGround = {
    ...{ engineFile, engineUrl, engine, call, tables, region, s3Url, store, moments },
    run: (arn, job) => void run(arn, job).catch(error => log(`dynamodb: ${arn}: ${error}`)),
  }
  await endInterrupted(ground)
  return {
    call: async (name, input, caller = developer) => {
      const operation = operations[name]
      if (operation === undefined)
        throw new DynamoDbError('UnknownOperationException', 400, `${name} is not served locally`)
      return operation(ground, input, caller)
    },
    isIdle: () => running.size === 0,
    stop: async () => {
      await Promise.all([...running.values()].map(transfer => transfer.stop()))
      moments.stop()
      engine.close()
      database.close()
    },
  }
}

/** A table that was being imported goes with its import: nobody could tell what is missing in it. */
async function endInterrupted({ store, call }: TransferGround): Promise<void> {
  for (const { arn, kind, tableArn } of store.unfinished()) {
    if (kind === 'import') await call('DeleteTable', { TableName: tableNameOf(tableArn) }).catch(ignoreMissing)
    const { status, result } = interrupted('The process that made it ended.')
    store.end(arn, status, result)
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof DynamoDbError && error.code === 'ResourceNotFoundException')) throw error
}
