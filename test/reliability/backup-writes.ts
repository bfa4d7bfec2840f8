import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openClient } from '#infra/local/client.ts'
import { createDynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { makeBackup } from '#infra/local/make-backup.ts'
import { restoreFolder } from '#infra/local/restore/restore-folder.ts'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { synthesizeTenant } from '#infra/local/synthesize.ts'
import { scratchRoot } from '../support/scratch.ts'
import { scanTable } from '../support/vault.ts'

/** A write that the API has acknowledged: which version of which customer has which name, and when it was asked and answered. */
type Acknowledged = { id: string; version: number; name: string; askedAt: number; answeredAt: number }

/** What became of the journal. */
export type WritesFound = {
  writes: number
  /** Acknowledged before the cut-off, so they must be there. */
  before: number
  /** Asked before the cut-off and answered after it, so they may be there. */
  around: number
  wrong: string[]
}

/** `seconds` at least: writing goes on until both backups are made. */
type Wish = { perSecond: number; seconds: number; log(line: string): void }

/**
 * Backs up a stack while customers are created and changed over HTTP, full and incremental; empties its table by taking another
 * folder, restores there, and holds what came back to the journal of acknowledged writes at the cut-off.
 */
export async function checkWrites({ perSecond, seconds, log }: Wish): Promise<WritesFound> {
  const root = mkdtempSync(join(scratchRoot, 'evergreen-writes-'))
  try {
    const [from, into] = [join(root, 'crm'), join(root, 'restored')]
    const assembly = await synthesizeTenant('local', root)
    const stack = await startStack({ assembly, tenant: 'local', dataDir: from, port: 0 })
    process.env['EVERGREEN_DATA'] = from
    const journal: Acknowledged[] = []
    await writeAndBackUp(stack, { journal, perSecond, seconds, log }).finally(() => stack.stop())
    const about = { backup: 'latest', from, into, assembly, tenant: 'local', listShards: 1, log }
    const { cutOffAt } = await restoreFolder(about)
    const restored = await startStack({ assembly, tenant: 'local', dataDir: into, port: 0 })
    const call = createDynamoDbClient(restored.endpoints['dynamodb'] ?? '')
    const items = await scanTable(call, restored.tableNames['Records'] ?? '').finally(() => restored.stop())
    return judge(journal, items, Date.parse(cutOffAt))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function writeAndBackUp(
  stack: LocalStack,
  { journal, perSecond, seconds, log }: Wish & { journal: Acknowledged[] },
): Promise<void> {
  const client = await openClient('admin@example.com')
  const started = performance.now()
  const token = await stack.tokenFor('admin@example.com')
  const work = { isDone: false }
  const isOver = () => work.isDone && performance.now() - started > seconds * 1_000
  const writer = write({ url: stack.url, token, journal, perSecond, isOver })
  await sleep(1_000)
  try {
    log(`full backup ${await makeBackup(client)} while ${journal.length} writes were acknowledged`)
    log(`incremental backup ${await makeBackup(client, { full: false })}, ${journal.length} writes by then`)
  } finally {
    work.isDone = true
    await writer
  }
  log(`${(journal.length / ((performance.now() - started) / 1_000)).toFixed(0)} writes a second were acknowledged`)
}

type Writer = { url: string; token: string; journal: Acknowledged[]; perSecond: number; isOver(): boolean }

/** Half of the writes make a customer, half give one another name; so many are asked for a second, however long each takes. */
async function write({ url, token, journal, perSecond, isOver }: Writer): Promise<void> {
  const started = performance.now()
  const idle: string[] = []
  const open = new Set<Promise<void>>()
  for (let n = 0; !isOver(); n++) {
    const waitMs = started + (n * 1_000) / perSecond - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    // 64 at a time: as many connections as a client of the SDK holds.
    while (open.size >= 64) await Promise.race(open)
    const id = n % 2 === 1 ? idle.shift() : undefined
    const one = send({ url, token, id, name: `Schreiber ${n}` }).then(done => {
      if (!done) return
      journal.push(done)
      idle.push(done.id)
    })
    open.add(one)
    one.finally(() => open.delete(one)).catch(() => undefined)
  }
  await Promise.all(open)
}

async function send(wish: {
  url: string
  token: string
  id: string | undefined
  name: string
}): Promise<Acknowledged | undefined> {
  const { url, token, id, name } = wish
  const askedAt = Date.now()
  const answer = await fetch(`${url}/v1/customers${id === undefined ? '?allowDuplicates=true' : `/${id}`}`, {
    method: id === undefined ? 'POST' : 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  const json: { id: string; version: number } = JSON.parse(await answer.text())
  if (!answer.ok) return undefined
  return { id: json.id, version: json.version, name, askedAt, answeredAt: Date.now() }
}

/** Whatever was acknowledged before the cut-off is in its record's history; nothing is there that was asked for after it. */
function judge(
  journal: readonly Acknowledged[],
  items: readonly Record<string, unknown>[],
  cutOffMs: number,
): WritesFound {
  const found = new Map(items.map(item => [keyOf(item), JSON.stringify(item)]))
  const wrong: string[] = []
  const before = journal.filter(({ answeredAt }) => answeredAt < cutOffMs)
  const around = journal.filter(({ askedAt, answeredAt }) => askedAt <= cutOffMs && answeredAt >= cutOffMs)
  for (const { id, version, name } of before) {
    const change = found.get(`R#${id} V#${String(version).padStart(10, '0')}`)
    if (change === undefined)
      wrong.push(`${id} version ${version} was acknowledged before the cut-off and is not there`)
    else if (!change.includes(`"${name}"`)) wrong.push(`${id} version ${version} is not what was written`)
  }
  const latest = new Map(before.map(each => [each.id, each]))
  for (const each of before) if (each.version > (latest.get(each.id)?.version ?? 0)) latest.set(each.id, each)
  for (const { id, name, version } of latest.values()) {
    const record = found.get(`R#${id} A`) ?? ''
    const isLater = around.some(each => each.id === id && record.includes(`"${each.name}"`))
    if (!record.includes(`"${name}"`) && !isLater) wrong.push(`${id} is not as version ${version} left it`)
  }
  for (const { id, version, askedAt } of journal)
    if (askedAt > cutOffMs && found.has(`R#${id} V#${String(version).padStart(10, '0')}`))
      wrong.push(`${id} version ${version} came after the cut-off and is there`)
  return {
    writes: journal.length,
    before: before.length,
    around: around.length,
    wrong,
  }
}

function keyOf({ pk, sk }: Record<string, unknown>): string {
  const text = (typed: unknown) => String(typeof typed === 'object' && typed !== null && 'S' in typed ? typed.S : '')
  return `${text(pk)} ${text(sk)}`
}
