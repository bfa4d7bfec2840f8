import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context, Service } from '../context.ts'
import { findDynoxide } from '../dynamodb/binary.ts'
import { createDynamoDbClient, type DynamoDbClient } from '../dynamodb/client.ts'
import { removeExpired } from '../dynamodb/expiry.ts'
import { dataFile, startDynamoDbProcess } from '../dynamodb/process.ts'
import { openSidecar, type Sidecar } from '../dynamodb/sidecar.ts'
import { ensureTables, readTables, type TableDefinition } from '../dynamodb/tables.ts'
import { startTransfers, type Transfers } from '../dynamodb/transfers/start-transfers.ts'
import { createApiStreams } from '../streams/api-reader.ts'
import { openSqliteStreams } from '../streams/sqlite-reader.ts'
import type { StreamReader } from '../streams/stream-reader.ts'

/** The running DynamoDB and what belongs to it. */
export type DynamoDb = {
  tables: readonly TableDefinition[]
  call: DynamoDbClient
  streamOf(table: TableDefinition): StreamReader
  /** Operations on whole tables, which state machines call. */
  transfers: Pick<Transfers, 'call' | 'isIdle'>
}

/** First sweep after a minute, so that it does not slow the start; then every ten, where AWS takes up to days. */
const firstSweepMs = 60_000
const sweepIntervalMs = 600_000

/** DynamoDB with the template's tables: the embedded engine, or the one that AWS_ENDPOINT_URL_DYNAMODB names. */
export const dynamodb: Service = {
  name: 'dynamodb',
  start: async context => {
    const external = process.env['AWS_ENDPOINT_URL_DYNAMODB']
    return external === undefined ? startEmbedded(context) : useExternal(context, external)
  },
}

async function startEmbedded(context: Context): Promise<() => Promise<void>> {
  const directory = join(context.dataDir, 'dynamodb')
  mkdirSync(directory, { recursive: true })
  const engine = await startDynamoDbProcess({ binary: findDynoxide(), directory, log: context.log })
  const call = createDynamoDbClient(engine.url)
  const tables = readTables(context.assembly, context.resolve)
  await ensureTables(call, tables).catch(async error => {
    await engine.stop()
    throw error
  })
  const sidecar = openSidecar(dataFile(directory))
  // What is backed up is read whole by drills.
  for (const { name } of tables.filter(isRecoverable)) sidecar.indexScans(name)
  const streams = openSqliteStreams(dataFile(directory))
  const sweeps = startSweeps(context, () => sweep(call, tables, sidecar))
  const { region } = context.assembly
  const s3Url = () => context.endpoints['s3'] ?? ''
  const transfers = await startTransfers({ directory, engineUrl: engine.url, tables, region, s3Url, log: context.log })
  context.started.dynamodb = { tables, call, streamOf: table => streams.readerOf(table.name), transfers }
  context.endpoints['dynamodb'] = engine.url
  return async () => {
    await transfers.stop()
    await sweeps.stop()
    streams.close()
    sidecar.close()
    await engine.stop()
  }
}

async function useExternal(context: Context, url: string): Promise<() => Promise<void>> {
  const call = createDynamoDbClient(url)
  const tables = readTables(context.assembly, context.resolve)
  await ensureTables(call, tables)
  const streams = createApiStreams(call, createDynamoDbClient(url, 'streams'))
  const transfers = { call, isIdle: () => true }
  context.started.dynamodb = { tables, call, streamOf: table => streams.readerOf(table.name), transfers }
  context.endpoints['dynamodb'] = url
  return async () => streams.close()
}

const isRecoverable = ({ PointInTimeRecoverySpecification: recovery }: TableDefinition) =>
  recovery?.PointInTimeRecoveryEnabled === true

/** What DynamoDB does by itself on AWS: expired items go, and so do stream records after a day. */
async function sweep(call: DynamoDbClient, tables: readonly TableDefinition[], sidecar: Sidecar): Promise<void> {
  for (const table of tables) {
    await removeExpired({ call, sidecar }, table)
    while (sidecar.trim(table.name) > 0) await sleep(trimPauseMs)
  }
}

/** Lets the engine write between two trims. */
const trimPauseMs = 20

function startSweeps({ log }: Context, work: () => Promise<void>): { stop(): Promise<void> } {
  let running = Promise.resolve()
  const run = () => {
    running = work().catch(error => log(`dynamodb: a sweep failed: ${error}`))
    timer = setTimeout(run, sweepIntervalMs)
  }
  let timer = setTimeout(run, firstSweepMs)
  return {
    stop: async () => {
      clearTimeout(timer)
      await running
    },
  }
}
