import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { type Client, openClient } from '#infra/local/client.ts'
import { createDynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { makeBackup } from '#infra/local/make-backup.ts'
import { type FolderRestored, restoreFolder } from '#infra/local/restore/restore-folder.ts'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { synthesizeTenant } from '#infra/local/synthesize.ts'
import { CrmError } from '#lib/errors.ts'
import { scratchRoot } from '../support/scratch.ts'
import { scanTable } from '../support/vault.ts'
import { alterOneFile } from './drill/alter-one-file.ts'
import { loadDrill } from './drill/load-drill.ts'
import { heading, say, table } from './screen.ts'

// npm run drill : fills a CRM of its own, backs it up whole and then what changed, alters one file of the vault and shows the backup refused by that file's name, restores the copy of the second region into an empty folder, and compares item by item. Ends 1 when anything differs.

type Item = Record<string, unknown>

const { values: flags } = parseArgs({ options: { keep: { type: 'boolean', default: false } } })
const root = mkdtempSync(join(scratchRoot, 'evergreen-drill-'))
const made = join(root, 'crm')
const rows: string[][] = [['step', 'came to', 'time']]

try {
  process.exitCode = (await drill()) === 0 ? 0 : 1
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  if (!flags.keep) rmSync(root, { recursive: true, force: true })
}

async function drill(): Promise<number> {
  heading('Backup and restore drill: a local stack of its own 备份与恢复演练')
  const assembly = await synthesizeTenant('local', root)
  const start = (dataDir: string) => startStack({ assembly, tenant: 'local', dataDir, port: 0 })
  const backedUp = await onStack(await start(made), fillAndBackUp)
  const restore = (useCopy: boolean, into: string) =>
    restoreFolder({ backup: 'latest', from: made, into, assembly, tenant: 'local', listShards: 1, useCopy, log: say })
  const altered = await timed('alter one file of the vault', async () => alterOneFile(made))
  await timed('restore it', () => refusalOf(restore(false, join(root, 'refused')), altered))
  const into = join(root, 'restored')
  await timed('restore the copy of the second region', async () => told(await restore(true, into)))
  const differences = await onStack(await start(into), stack => compare(stack, backedUp.items))
  heading('What was done 小结')
  table(rows)
  say(differences === 0 ? 'Nothing differs 无差异.' : `${differences} items differ 有差异.`)
  return differences
}

/** Two backups: all there is, then what changed; and every item as it was right after. */
async function fillAndBackUp(stack: LocalStack): Promise<{ backupId: string; items: Item[] }> {
  process.env['EVERGREEN_DATA'] = made
  const client = await openClient('admin@example.com')
  const ids = await timed(
    'load customers and contacts',
    () => loadDrill(client),
    ({ length }) => `${length} records`,
  )
  await stack.drain()
  await timed('full backup', () => makeBackup(client))
  await timed(
    'change some, delete some',
    () => changeSome(client, ids),
    count => `${count} records`,
  )
  await stack.drain()
  const items = await itemsOf(stack)
  const backupId = await timed('incremental backup', () => makeBackup(client, { full: false }))
  return { backupId, items }
}

async function changeSome(client: Client, ids: readonly string[]): Promise<number> {
  const customers = ids.filter(id => id.startsWith('cust_'))
  const [changed, deleted] = [customers.slice(0, 40), customers.slice(40, 60)]
  const operations = [
    ...changed.map((id, i) => ({ op: 'update', id, patch: { industry: 'retail', tier: i % 2 === 0 ? 'A' : 'B' } })),
    ...deleted.map(id => ({ op: 'delete', id })),
  ]
  await client.call('POST', '/v1/customers/batch', { operations })
  return operations.length
}

/** All but what tells of backups and runs themselves, which go on after the cut-off, and keys that expire. */
async function itemsOf({ endpoints, tableNames }: LocalStack): Promise<Item[]> {
  const call = createDynamoDbClient(endpoints['dynamodb'] ?? '')
  const items = await scanTable(call, tableNames['Records'] ?? '')
  return items.filter(({ pk }) => !/"(R#run_|R#bkp_|I#)/.test(JSON.stringify(pk)))
}

async function compare(stack: LocalStack, wanted: readonly Item[]): Promise<number> {
  const keyOf = ({ pk, sk }: Item) => JSON.stringify([pk, sk])
  const found = new Map((await itemsOf(stack)).map(item => [keyOf(item), item]))
  const different = wanted.filter(item => !isDeepStrictEqual(found.get(keyOf(item)), item))
  const keys = new Set(wanted.map(keyOf))
  const more = [...found.keys()].filter(key => !keys.has(key))
  rows.push(['compare', `${wanted.length} items, ${different.length + more.length} differences`, ''])
  for (const item of different.slice(0, 5)) say(`not as it was: ${keyOf(item)}`)
  for (const key of more.slice(0, 5)) say(`was not there: ${key}`)
  return different.length + more.length
}

async function refusalOf(work: Promise<unknown>, file: string): Promise<string> {
  const error = await work.then(
    () => new Error('An altered backup was taken for good.'),
    (thrown: unknown) => thrown,
  )
  const isNamed = error instanceof CrmError && error.code === 'backup_tampered' && error.members['file'] === file
  if (!isNamed) throw error
  say(error.message)
  return 'refused, naming the file'
}

function told({ items, links, indexed, seconds }: FolderRestored): string {
  const laps = Object.entries(seconds).map(([name, value]) => `${name} ${value.toFixed(1)}`)
  return `${items} items of ${links} backups, ${indexed} indexed (s: ${laps.join(', ')})`
}

async function onStack<T>(stack: LocalStack, work: (stack: LocalStack) => Promise<T>): Promise<T> {
  try {
    return await work(stack)
  } finally {
    await stack.stop()
  }
}

async function timed<T>(step: string, work: () => Promise<T>, tell: (result: T) => string = String): Promise<T> {
  const started = performance.now()
  const result = await work()
  rows.push([step, tell(result), `${((performance.now() - started) / 1000).toFixed(1)} s`])
  return result
}
