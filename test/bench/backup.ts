import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type BackupGround, bucket, startBackupGround, tableArn, tableName, tableShape } from './backup-ground.ts'
import { backupItems } from './backup-items.ts'
import { measureRuns } from './backup-runs.ts'
import { backupLimits, judgeBackup, seconds } from './backup-speed.ts'
import { loadItems } from './load-items.ts'
import { startProgress } from './progress.ts'
import { scanAll } from './scan-all.ts'

// npm run bench:backup: how long the export of a table and the import of it take, beside a raw scan of the same table. Ends 1 when a figure is not reached.

const usage = `npm run bench:backup -- [--customers 100000] [--seed 1] [--runs]
  --customers  customers in the table, each with four activities; every item that the API stores for them
  --runs       measures a whole backup and a restore drill, started over the API of a stack of its own`

try {
  const { values } = parseArgs({
    options: {
      customers: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'boolean', default: false },
    },
  })
  const [customers, seed] = [Number(values.customers), Number(values.seed)]
  if (!Number.isInteger(customers) || customers < 1 || !Number.isInteger(seed)) throw new Error(usage)
  const size = { customers, seed }
  process.exitCode = (await (values.runs ? measureRuns(size) : bench(size))) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function bench(size: { customers: number; seed: number }): Promise<boolean> {
  console.log(
    `Export and import of ${size.customers} customers and ${size.customers * 4} activities, seed ${size.seed}`,
  )
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`)
  const ground = await startBackupGround()
  try {
    return await measure(ground, size)
  } finally {
    await ground.stop()
  }
}

async function measure(ground: BackupGround, size: { customers: number; seed: number }): Promise<boolean> {
  const loading = startProgress('making items')
  const { items, bytes } = loadItems(backupItems(size), { file: ground.file, table: tableName, onProgress: loading.at })
  console.log(`${items} items of ${Math.round(bytes / items)} bytes made in ${seconds(loading.end())}`)
  const scans = [await scanAll(ground.engineUrl, tableName, items)]
  const exporting = await timed('exporting', () => exportTable(ground))
  scans.push(await scanAll(ground.engineUrl, tableName, items))
  const { ItemCount, ExportArn } = exporting.result
  if (ItemCount !== items) throw new Error(`The export has ${ItemCount} of ${items} items`)
  const importing = await timed('importing', () => importTable(ground, `${dataOf(ExportArn)}`))
  const { ImportedItemCount, ErrorCount } = importing.result
  if (ImportedItemCount !== items || ErrorCount !== 0)
    throw new Error(`The import took ${ImportedItemCount} of ${items} items, with ${ErrorCount} errors`)
  // Of both scans the quicker: the one with the engine's file in memory.
  const measured = { items, scanMs: Math.min(...scans), exportMs: exporting.ms, importMs: importing.ms }
  const deleting = await timed('deleting', () => ground.transfers.call('DeleteTable', { TableName: 'Scratch' }))
  console.log(`raw scans ${scans.map(seconds).join(' and ')}; the imported table deleted in ${seconds(deleting.ms)}`)
  console.log(`CPU time of the export ${exporting.cpu}, of the import ${importing.cpu}`)
  const verdicts = judgeBackup(measured, backupLimits)
  for (const { text, isReached } of verdicts) console.log(`${isReached ? 'ok  ' : 'OVER'} ${text}`)
  return verdicts.every(({ isReached }) => isReached)
}

/** CPU time is that of this process, whose threads export and import: on a busy machine it tells more than the clock. */
async function timed<Result>(
  what: string,
  work: () => Promise<Result>,
): Promise<{ result: Result; ms: number; cpu: string }> {
  const progress = startProgress(what)
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, ms: progress.end(), cpu: seconds((user + system) / 1000) }
}

type Description = Record<string, unknown> & { ExportArn: string }

async function exportTable({ transfers }: BackupGround): Promise<Description> {
  const asked = { TableArn: tableArn(tableName), S3Bucket: bucket, S3Prefix: 'table' }
  const { ExportDescription: begun } = await transfers.call('ExportTableToPointInTime', asked)
  const { ExportArn } = begun as Description
  return ended('ExportStatus', async () => {
    const { ExportDescription } = await transfers.call('DescribeExport', { ExportArn })
    return ExportDescription as Description
  })
}

async function importTable({ transfers }: BackupGround, S3KeyPrefix: string): Promise<Record<string, unknown>> {
  const { ImportTableDescription: begun } = await transfers.call('ImportTable', {
    S3BucketSource: { S3Bucket: bucket, S3KeyPrefix },
    InputFormat: 'DYNAMODB_JSON',
    InputCompressionType: 'GZIP',
    TableCreationParameters: { TableName: 'Scratch', BillingMode: 'PAY_PER_REQUEST', ...tableShape },
  })
  const { ImportArn } = begun as { ImportArn: string }
  return ended('ImportStatus', async () => {
    const { ImportTableDescription } = await transfers.call('DescribeImport', { ImportArn })
    return ImportTableDescription as Record<string, unknown>
  })
}

async function ended<Described extends Record<string, unknown>>(
  status: string,
  describe: () => Promise<Described>,
): Promise<Described> {
  for (;;) {
    const description = await describe()
    if (description[status] === 'COMPLETED') return description
    if (description[status] === 'FAILED') throw new Error(String(description['FailureMessage']))
    await sleep(50)
  }
}

function dataOf(exportArn: string): string {
  return `table/AWSDynamoDB/${exportArn.split('/').at(-1)}/data/`
}
