import { createHash } from 'node:crypto'
import { type Database, openDatabase } from '../../engines/database.ts'
import { createDataFiles, type DataFile } from './data-files.ts'
import { countChanges, readChanges, type Window } from './read-changes.ts'
import { countItems, type Lines, readItems } from './read-items.ts'
import { createPut, createS3Client, type Encryption, type S3Access } from './s3-target.ts'
import { readStoredTable, type StoredTable } from './stored-table.ts'

/** All that a thread needs to know to make an export. */
export type ExportJob = {
  kind: 'export'
  engineFile: string
  table: string
  /** The table's state when this row of the stream was the last; or what a window of the stream changed. */
  source: { position: number } | { window: Window }
  s3: S3Access
  bucket: string
  encryption: Encryption
  /** Prefix of all keys, with its slash; empty for none. */
  prefix: string
  exportId: string
  /** What the summary manifest says beside figures and the end. */
  summary: Record<string, unknown>
}

/** What an export came to, in the words of its description. */
export type ExportResult = { ExportManifest: string; ItemCount: number; BilledSizeBytes: number }

/** At least four files, so that a small table has several too, and 50,000 lines in one at the most. */
const fewestFiles = 4
const mostLinesPerFile = 50_000

/** 200 lines are made in one go: of the largest items that is 80 MB. */
const mostLinesAtOnce = 200

/** Writes a table's export into S3: data files, then the manifests that name them. */
export async function runExport(job: ExportJob): Promise<ExportResult> {
  const client = createS3Client(job.s3)
  const put = createPut(client, job.bucket, job.encryption)
  const root = `${job.prefix}AWSDynamoDB/${job.exportId}/`
  try {
    await put(`${root}_started`, '', 'application/octet-stream')
    const { files, bytes } = await writeData(job, put)
    return await writeManifests(job, { root, files, bytes, put })
  } finally {
    client.destroy()
  }
}

type Written = { files: DataFile[]; bytes: number }
type Put = ReturnType<typeof createPut>

async function writeData(job: ExportJob, put: Put): Promise<Written> {
  const engine = openDatabase(job.engineFile, 'PRAGMA cache_size = -32000')
  const release = engine.hold()
  try {
    const table = readStoredTable(engine, job.table)
    if (table === undefined) throw new Error(`The table ${job.table} was deleted meanwhile.`)
    const folder =
      'window' in job.source ? `${job.prefix}AWSDynamoDB/data/` : `${job.prefix}AWSDynamoDB/${job.exportId}/data/`
    const linesPerFile = Math.ceil(Math.min(mostLinesPerFile, countLines(job, engine, table) / fewestFiles)) || 1
    const dataFiles = createDataFiles(put, { folder, linesPerFile })
    let bytes = 0
    const linesAtOnce = Math.min(mostLinesAtOnce, linesPerFile)
    for (const lines of linesOf(job, engine, { table, linesAtOnce })) {
      bytes += lines.bytes.length
      await dataFiles.write(lines.bytes, lines.count)
    }
    return { files: await dataFiles.end(), bytes }
  } finally {
    release()
    engine.close()
  }
}

/** About how many lines the export will have. */
function countLines({ source }: ExportJob, engine: Database, table: StoredTable): number {
  return 'window' in source ? countChanges(source.window) : countItems(engine, table)
}

function linesOf(
  { source }: ExportJob,
  engine: Database,
  { table, linesAtOnce }: { table: StoredTable; linesAtOnce: number },
): Generator<Lines> {
  return 'window' in source
    ? readChanges(engine, table, { window: source.window, linesAtOnce })
    : readItems(engine, table, { position: source.position, linesAtOnce })
}

async function writeManifests(
  { summary }: ExportJob,
  { root, files, bytes, put }: Written & { root: string; put: Put },
): Promise<ExportResult> {
  const putWithSum = async (name: string, text: string) => {
    await put(`${root}${name}.json`, text, 'application/json')
    await put(`${root}${name}.md5`, createHash('md5').update(text).digest('base64'), 'text/plain')
  }
  const itemCount = files.reduce((sum, file) => sum + file.itemCount, 0)
  await putWithSum('manifest-files', files.map(file => `${JSON.stringify(file)}\n`).join(''))
  const whole = {
    ...summary,
    endTime: new Date().toISOString(),
    manifestFilesS3Key: `${root}manifest-files.json`,
    billedSizeBytes: bytes,
    itemCount,
  }
  await putWithSum('manifest-summary', JSON.stringify(whole))
  return { ExportManifest: `${root}manifest-summary.json`, ItemCount: itemCount, BilledSizeBytes: bytes }
}
