import { openDatabase } from '../../engines/database.ts'
import { createDynamoDbClient, DynamoDbError } from '../client.ts'
import { indexScans } from '../scan-index.ts'
import { createRowMaker, type Item, type ItemRow } from './item-row.ts'
import { type Compression, readSource } from './read-source.ts'
import { createRowWriter } from './row-writer.ts'
import { createS3Client, listObjects, readObject, type S3Access } from './s3-target.ts'
import { readStoredTable } from './stored-table.ts'

/** All that a thread needs to know to fill a table. */
export type ImportJob = {
  kind: 'import'
  engineFile: string
  engineUrl: string
  table: string
  s3: S3Access
  bucket: string
  prefix: string
  compression: Compression
}

/** What an import came to, in the words of its description. */
export type ImportResult = {
  ProcessedSizeBytes: number
  ProcessedItemCount: number
  ImportedItemCount: number
  ErrorCount: number
}

/** 16 MB of the log are taken over at a time: less often than SQLite's 4 MB, and still short for whoever waits. */
const settings = 'PRAGMA busy_timeout = 10000; PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 4000'

/** An item in its line: `{"Item":{...}}`. */
const before = '{"Item":'
const after = '}'

/** Fills a table from the objects below a prefix. */
export async function runImport(job: ImportJob): Promise<ImportResult> {
  const client = createS3Client(job.s3)
  const filler = openFiller(job)
  try {
    let objects = 0
    for await (const key of listObjects(client, job.bucket, job.prefix)) {
      objects += 1
      for await (const lines of readSource(await readObject(client, job.bucket, key), job.compression))
        await filler.fill(lines)
    }
    if (objects === 0) throw new Error(`There is no object below ${job.bucket}/${job.prefix}.`)
    return filler.result
  } finally {
    filler.close()
    client.destroy()
  }
}

/**
 * Writes items straight into the engine's file, as the engine itself would: through its API it takes ten times as long.
 * What is not plain goes through the API.
 */
function openFiller({ engineFile, engineUrl, table: name }: ImportJob) {
  const engine = openDatabase(engineFile, settings)
  const table = readStoredTable(engine, name)
  if (table === undefined) throw new Error(`The table ${name} was deleted meanwhile.`)
  indexScans(engine, name)
  const toRow = createRowMaker(table)
  const write = createRowWriter(engine, table)
  const putItem = createPutItem(engineUrl, name)
  const result: ImportResult = { ProcessedSizeBytes: 0, ProcessedItemCount: 0, ImportedItemCount: 0, ErrorCount: 0 }
  const count = (isImported: boolean) => {
    if (isImported) result.ImportedItemCount += 1
    else result.ErrorCount += 1
  }
  return {
    result,
    fill: async (lines: readonly string[]) => {
      const rows: ItemRow[] = []
      const others: unknown[] = []
      for (const line of lines) {
        result.ProcessedSizeBytes += Buffer.byteLength(line) + 1
        result.ProcessedItemCount += 1
        const item = parseLine(line)
        const row = item && toRow(item, line.slice(before.length, -after.length))
        if (row) rows.push(row)
        else others.push(item)
      }
      const known = write(rows)
      result.ImportedItemCount += rows.length - known.length
      for (const item of [...others, ...known.map(({ json }) => JSON.parse(json))]) count(await putItem(item))
    },
    close: () => engine.close(),
  }
}

/** The item of a line; undefined for what is none. */
function parseLine(line: string): Item | undefined {
  if (!line.startsWith(before)) return undefined
  try {
    const { Item: item, ...others } = JSON.parse(line)
    return typeof item === 'object' && item !== null && Object.keys(others).length === 0 ? item : undefined
  } catch {
    return undefined
  }
}

/** Puts an item through the API; answers whether the engine took it. */
function createPutItem(engineUrl: string, TableName: string): (item: unknown) => Promise<boolean> {
  const call = createDynamoDbClient(engineUrl)
  return async item => {
    if (item === undefined) return false
    try {
      await call('PutItem', { TableName, Item: item })
      return true
    } catch (error) {
      if (error instanceof DynamoDbError && error.status === 400) return false
      throw error
    }
  }
}
