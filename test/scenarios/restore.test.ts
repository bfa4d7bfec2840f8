import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { loadArchive } from '#infra/local/archive/load-archive.ts'
import { verifyArchive } from '#infra/local/archive/verify-archive.ts'
import { writeArchive } from '#infra/local/archive/write-archive.ts'
import { createDynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { createNaming } from '#infra/local/names.ts'
import { restoreFolder } from '#infra/local/restore/restore-folder.ts'
import { sourceNames } from '#infra/local/restore/source-names.ts'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { readAssembly } from '#infra/local/template.ts'
import { archiveTenant } from '#lib/archive/archive-tenant.ts'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { openVault } from '#lib/backup/vault.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { runView } from '#schemas/api/maintenance.ts'
import { restoreView } from '#schemas/api/restores.ts'
import { scratchRoot } from '../support/scratch.ts'
import { evidenceArn, scanTable, writeBackup } from '../support/vault.ts'

const folders = { made: '', restored: '', imported: '' }
const running: { stack?: LocalStack } = {}

beforeAll(async () => {
  const root = mkdtempSync(join(scratchRoot, 'evergreen-restore-'))
  folders.made = join(root, 'made')
  folders.restored = join(root, 'restored')
  folders.imported = join(root, 'imported')
  running.stack = await start(folders.made)
})
afterAll(async () => {
  await running.stack?.stop()
  rmSync(join(folders.made, '..'), { recursive: true, force: true })
})

const start = (dataDir: string) => startStack({ assembly: inject('assembly'), tenant: 'local', dataDir, port: 0 })

function stack(): LocalStack {
  if (!running.stack) throw new Error('no stack')
  return running.stack
}

async function send(
  method: string,
  path: string,
  { body, as = 'admin', headers = {} }: { body?: unknown; as?: string; headers?: object } = {},
) {
  const token = await stack().tokenFor(`${as}@example.com`)
  const answer = await fetch(stack().url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text), text }
}

const restore = (id: string, body: object, options: { as?: string; query?: string; headers?: object } = {}) => {
  const { query = '', ...more } = options
  return send('POST', `/v1/backups/${id}/restore${query}`, { body, ...more })
}

async function make(name: string): Promise<string> {
  const { status, json, text } = await send('POST', '/v1/customers', { body: { name } })
  expect(status, text).toBe(201)
  return json.id
}

const names = () => {
  const assembly = readAssembly(inject('assembly'), 'local')
  return sourceNames(assembly, createNaming(assembly, { keyIds: new Map() }))
}

async function vaultTools() {
  const evidence = openEvidenceKey(await evidenceArn(names().evidenceAlias))
  return { vault: openVault(names().vault), evidence }
}

/** A backup in the stack's own vault, as the workflow makes one, known to the API. */
async function backUp(): Promise<CatalogueEntry> {
  const { endpoints, tableNames } = stack()
  Object.assign(process.env, {
    AWS_REGION: readAssembly(inject('assembly'), 'local').region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_S3: endpoints['s3'],
    AWS_ENDPOINT_URL_KMS: endpoints['kms'],
  })
  const tools = await vaultTools()
  const call = createDynamoDbClient(endpoints['dynamodb'] ?? '')
  const table = tableNames['Records'] ?? ''
  const [id, at] = [typeIds.next('bkp'), new Date().toISOString()]
  const lines = (await scanTable(call, table)).map(Item => ({ Item }))
  const text = (S: string) => ({ S })
  await call('PutItem', {
    TableName: table,
    Item: {
      ...{ pk: text(`R#${id}`), sk: text('A'), id: text(id), object: text('backup'), version: { N: '1' } },
      fields: { M: { state: text('unproven'), kind: text('full'), cutOffAt: text(at) } },
      ...{ createdAt: text(at), createdBy: text('system'), updatedAt: text(at), updatedBy: text('system') },
      ...{ byObjectPk: text('backup#0'), byObjectSk: text(`${at}#${id}`) },
    },
  })
  return writeBackup(tools, { id, cutOffAt: at, files: [lines.slice(0, 40), lines.slice(40)] })
}

describe('chosen records', () => {
  it('are looked at by a dry run, then restored, in one request each', async () => {
    const id = await make('Ursprung GmbH')
    const { id: backupId } = await backUp()
    await send('PATCH', `/v1/customers/${id}`, { body: { name: 'Versehen GmbH' } })
    const tried = await restore(backupId, { ids: [id] }, { query: '?dryRun=true' })
    expect(tried.status, tried.text).toBe(200)
    expect(restoreView.parse(tried.json)).toMatchObject({
      dryRun: true,
      state: 'succeeded',
      items: [{ id, action: 'changed', changes: { name: { old: 'Versehen GmbH', new: 'Ursprung GmbH' } } }],
    })
    expect((await send('GET', `/v1/customers/${id}`)).json).toMatchObject({ version: 2, name: 'Versehen GmbH' })
    const done = await restore(backupId, { ids: [id] })
    expect([done.status, done.json.report.counts]).toEqual([200, expect.objectContaining({ changed: 1, records: 1 })])
    expect((await send('GET', `/v1/customers/${id}`)).json).toMatchObject({ version: 3, name: 'Ursprung GmbH' })
    const history = await send('GET', `/v1/customers/${id}/history`)
    expect(history.json.items[0]).toMatchObject({ source: `restore/${backupId}`, requestId: done.json.id })
    const run = await send('GET', `/v1/maintenance/runs/${done.json.id}`)
    expect(run.json).toMatchObject({ kind: 'restore', state: 'succeeded' })
  })

  it.each(['manager', 'rep', 'auditor'])('are not to be had by a %s', async as => {
    const { id } = await backUp()
    expect((await restore(id, { ids: [await make('Nur Admin GmbH')] }, { as })).status).toBe(404)
  })

  it('are refused with what is wrong: both or neither of ids and object, unknown ones, unknown members', async () => {
    const { id } = await backUp()
    const codeOf = async (body: object) => {
      const { status, json } = await restore(id, body)
      return [status, json.errors?.[0]?.code ?? json.code]
    }
    expect(await codeOf({})).toEqual([400, 'required'])
    expect(await codeOf({ ids: ['nobody'] })).toEqual([400, 'unknown_record'])
    expect(await codeOf({ object: 'backups' })).toEqual([400, 'unknown_object'])
    expect(await codeOf({ object: 'customers', dryrun: true })).toEqual([400, 'unknown_field'])
    expect((await restore('bkp_01h00000000000000000000000', { object: 'customers' })).status).toBe(404)
  })
})

it('a tampered backup is refused with the name of the file, and nothing is written', async () => {
  const id = await make('Heil GmbH')
  const { id: backupId, files } = await backUp()
  await send('PATCH', `/v1/customers/${id}`, { body: { name: 'Kaputt GmbH' } })
  const [file] = files
  await openVault(names().vault).write(file?.key ?? '', 'something else', 'text/plain')
  const refused = await restore(backupId, { ids: [id] })
  expect([refused.status, refused.json.code, refused.json.file]).toEqual([409, 'backup_tampered', file?.key])
  expect((await send('GET', `/v1/customers/${id}`)).json.version).toBe(2)
})

it('an object is restored by a run in the background', async () => {
  const id = await make('Viele GmbH')
  const { id: backupId } = await backUp()
  await send('DELETE', `/v1/customers/${id}`)
  const begun = await restore(backupId, { object: 'customers' })
  expect(begun.status, begun.text).toBe(202)
  const ended = await endOf(begun.json.id)
  expect(ended).toMatchObject({ kind: 'restore', state: 'succeeded', report: { counts: { undeleted: 1 } } })
  expect(ended.steps.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`)).toEqual(
    ['plan', 'verify', 'collect', 'apply', 'report'].map(name => `${name} done`),
  )
  const { json: file } = await send('GET', `/v1/maintenance/runs/${begun.json.id}/report`)
  const report = JSON.parse(await (await fetch(file.url)).text())
  expect(report.items).toContainEqual(expect.objectContaining({ id, action: 'undeleted' }))
  expect((await send('GET', `/v1/maintenance/runs/${begun.json.id}/report`, { as: 'manager' })).status).toBe(404)
  expect((await send('GET', `/v1/customers/${id}`)).json).toMatchObject({ name: 'Viele GmbH', version: 3 })
})

async function endOf(id: string) {
  for (let tries = 0; tries < 600; tries++) {
    const { json } = await send('GET', `/v1/maintenance/runs/${id}`)
    if (json.state !== 'running') return json
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`${id} does not end`)
}

const itemsNow = () =>
  scanTable(createDynamoDbClient(stack().endpoints['dynamodb'] ?? ''), stack().tableNames['Records'] ?? '')

/** Items of before that the stack does not have now just as they were; the record of the backup itself came after it. */
async function lacking(before: readonly Record<string, unknown>[], backupId: string) {
  const keyOf = ({ pk, sk }: Record<string, unknown>) => JSON.stringify([pk, sk])
  const after = new Map((await itemsNow()).map(item => [keyOf(item), item]))
  const own = JSON.stringify({ S: `R#${backupId}` })
  return before.filter(item => JSON.stringify(item['pk']) !== own && !isDeepStrictEqual(after.get(keyOf(item)), item))
}

it('an admin takes all out in one file by a run of its own, and nobody else does', async () => {
  await make('Ausfuhr GmbH')
  const entry = await backUp()
  const path = `/v1/backups/${entry.id}/archive`
  for (const as of ['manager', 'rep', 'auditor']) expect((await send('POST', path, { as })).status, as).toBe(404)
  expect((await send('POST', '/v1/backups/bkp_01jq2v7m4hf8r9s0t1v2w3x4y5/archive')).status).toBe(404)
  const headers = { 'idempotency-key': `archive-${entry.id}` }
  const started = await send('POST', path, { headers })
  expect(started.status, started.text).toBe(202)
  expect(started.json).toMatchObject({ kind: 'archive', state: 'running' })
  expect((await send('POST', path, { headers })).json.id).toBe(started.json.id)
  const runPath = `/v1/maintenance/runs/${started.json.id}`
  await expect.poll(async () => (await send('GET', runPath)).json.state, { timeout: 20_000 }).toBe('succeeded')
  const { report } = runView.parse((await send('GET', runPath)).json)
  expect((await send('GET', `${runPath}/report`, { as: 'auditor' })).status).toBe(404)
  const file = (await send('GET', `${runPath}/report`)).json
  expect(file.format).toBe('tar')
  const bytes = Buffer.from(await (await fetch(file.url)).arrayBuffer())
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  expect(report).toMatchObject({ backupId: entry.id, sha256, bytes: bytes.length })
  const tar = join(folders.made, '..', 'by-workflow.tar')
  writeFileSync(tar, bytes)
  const open = await verifyArchive(tar)
  await open.close()
  const { records, history, keys, accessLogs } = open.manifest.counts
  expect([records + history + keys, accessLogs > 0]).toEqual([entry.items, true])
})

it('everything goes into one archive, and comes back out of it in an empty folder', async () => {
  const id = await make('Auszug GmbH')
  await send('PATCH', `/v1/customers/${id}`, { body: { name: 'Umzug GmbH' } })
  const entry = await backUp()
  const before = await itemsNow()
  const archive = join(folders.made, '..', 'everything.tar')
  const source = { tools: await vaultTools(), backupId: entry.id, files: names().files, madeAt: new Date() }
  await writeArchive(archive, await archiveTenant(source))
  // What a command line has: none of what this test has set.
  for (const name of Object.keys(process.env).filter(each => each.startsWith('AWS_'))) vi.stubEnv(name, undefined)
  const { manifest } = await loadArchive({
    archive,
    into: folders.imported,
    assembly: inject('assembly'),
    tenant: 'local',
    listShards: 1,
  })
  vi.unstubAllEnvs()
  const { records, history, keys } = manifest.counts
  expect(records + history + keys).toBe(entry.items)
  const first = stack()
  running.stack = await start(folders.imported)
  try {
    expect(await lacking(before, entry.id)).toEqual([])
    const { json } = await send('GET', `/v1/customers/${id}/history`)
    expect(json.items.map(({ version }: { version: number }) => version)).toEqual([2, 1])
    expect((await send('GET', '/v1/search?q=umzug')).json.items).toMatchObject([{ id }])
  } finally {
    await running.stack.stop()
    running.stack = first
  }
})

it('a whole tenant comes back in an empty folder: the same items, people can sign in, search finds', async () => {
  const id = await make('Wiederkehr GmbH')
  const entry = await backUp()
  const before = await itemsNow()
  await make('Zu spät GmbH')
  await stack().stop()
  const restored = await restoreFolder({
    backup: 'latest',
    from: folders.made,
    into: folders.restored,
    assembly: inject('assembly'),
    tenant: 'local',
    listShards: 1,
    log: () => undefined,
  })
  expect(restored).toMatchObject({ backupId: entry.id, items: entry.items })
  running.stack = await start(folders.restored)
  expect(await lacking(before, entry.id)).toEqual([])
  expect((await send('GET', `/v1/customers/${id}`, { as: 'rep' })).status).toBe(404)
  expect((await send('GET', `/v1/customers/${id}`)).json).toMatchObject({ name: 'Wiederkehr GmbH', version: 1 })
  expect((await send('GET', '/v1/search?q=wiederkehr')).json.items).toMatchObject([{ id }])
  expect((await send('GET', '/v1/search?q=zu%20sp%C3%A4t')).json.items).toEqual([])
})
