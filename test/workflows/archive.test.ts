import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveDefinition } from '#functions/workflows/archive/definition.ts'
import { verifyArchive } from '#infra/local/archive/verify-archive.ts'
import type { Machine } from '#infra/local/engines/stepfunctions/machine.ts'
import { runStates } from '#infra/local/engines/stepfunctions/run-states.ts'
import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import { archiveFiles } from '#lib/archive/archive-files.ts'
import { makeArchive } from '#lib/archive/make-archive.ts'
import { keepRefusal, toldFailure } from '#lib/backup/keep-refusal.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { loadRun } from '#lib/cleanup/run-job.ts'
import { isRefusal } from '#lib/errors.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import { viewRun } from '#lib/maintenance/view-run.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Files } from '#lib/runtime/files.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { runView } from '#schemas/api/maintenance.ts'
import type { JsonObject } from '#schemas/json.ts'
import { contact } from '#schemas/objects/contact.ts'
import { run } from '#schemas/system/run.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { scratchRoot } from '../support/scratch.ts'
import { startTables, systemContext, type Tables } from '../support/table.ts'
import { backUpTable } from '../support/table-backup.ts'
import { type ScratchVault, scratchBucket, sha256, startVault, writeCatalogue } from '../support/vault.ts'

let tables: Tables
let scratch: ScratchVault
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(scratchRoot, 'evergreen-archive-run-'))
  scratch = await startVault()
  tables = await startTables()
})
afterAll(async () => {
  await tables.stop()
  await scratch.stop()
  rmSync(folder, { recursive: true, force: true })
})

const ctx = () => systemContext(tables)

/** A backup of three contacts with two files, one of which has expired since; the vault's own bucket holds them, and a log. */
async function backedUp() {
  for (const name of ['李明', 'Ada', '王芳']) await createRecord(ctx(), { object: contact, input: { name } })
  const entry = await backUpTable(scratch, tables, { id: typeIds.next('bkp'), cutOffAt: new Date().toISOString() })
  const { vault } = scratch
  const versionId = await vault.write('reports/kept.csv', 'a,b\n', 'text/csv')
  const lines = [
    { key: 'reports/kept.csv', versionId, bytes: 4 },
    { key: 'imports/expired.csv', versionId: 'gone', bytes: 9 },
  ]
  const body = gzipSync(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  const key = vaultKeys.inventory(entry.id)
  const file = { key, versionId: await vault.write(key, body, 'application/gzip'), bytes: body.length }
  await writeCatalogue(scratch, { ...entry, inventory: { ...file, sha256: sha256(body), objects: 2 } })
  for (const name of ['b', 'a', 'c']) await vault.write(`AWSLogs/1/CloudTrail/${name}.json.gz`, name, 'text/plain')
  return entry
}

type Wish = {
  backupId: string
  files?: Files
  remainingMs?: () => number
  before?: (step: string, times: number) => void
}

/** The workflow's own definition over its steps' own work; retries do not wait. */
async function archive({ backupId, files = memoryFiles(), remainingMs = () => 900_000, before }: Wish) {
  const [id, at] = [ctx().ids.next('run'), ctx().clock.now().toISOString()]
  const fields = { kind: 'archive', state: 'running', dryRun: false, startedAt: at, request: { backupId } }
  await writeRecord(ctx(), () => planOnce(ctx(), run, { id, fields: { ...fields, requestedBy: 'user_1' }, at }), {})
  const ran: string[] = []
  const work = { tools: scratch, files, filesBucket: scratchBucket, accessLog: scratchBucket }
  const steps: Record<string, (input: JsonObject) => Promise<unknown>> = {
    write: () =>
      keepRefusal(files, archiveFiles.failure(id), () => makeArchive(ctx(), work, { runId: id, remainingMs })),
    fail: async input => {
      const { Error: name, Cause: message } = input['failure'] as { Error: string; Cause: string }
      await endRun(ctx(), id, { failure: await toldFailure(files, archiveFiles.failure(id), { name, message }) })
    },
  }
  const runTask = async (resource: string, input: unknown) => {
    ran.push(resource)
    try {
      before?.(resource, ran.filter(each => each === resource).length)
      await steps[resource]?.(input as JsonObject)
      return input as JsonObject
    } catch (error) {
      if (error instanceof TaskError) throw error
      throw new TaskError(isRefusal(error) ? 'Refused' : 'Internal', error instanceof Error ? error.message : '')
    }
  }
  const text = JSON.stringify(archiveDefinition({ write: 'write', fail: 'fail' }))
  const machine: Machine = JSON.parse(text.replaceAll('"IntervalSeconds":2', '"IntervalSeconds":0.001'))
  const scope = { context: {}, signal: new AbortController().signal, runTask, record: () => undefined }
  const error = await runStates(machine, { runId: id }, scope).then(
    () => undefined,
    (reason: unknown) => (reason instanceof Error ? reason.name : String(reason)),
  )
  const ended = await loadRun(ctx(), id)
  return { id, error, ran, files, fields: ended.fields }
}

describe('an archive', () => {
  it('has every item, the files that are left and the access log in order; the report names its sum', async () => {
    const entry = await backedUp()
    const ended = await archive({ backupId: entry.id })
    expect(ended.error, JSON.stringify(ended.fields)).toBeUndefined()
    const path = join(folder, 'whole.tar')
    const pieces: Uint8Array[] = []
    for await (const piece of ended.files.read(archiveFiles.tar(ended.id))) pieces.push(piece)
    writeFileSync(path, Buffer.concat(pieces))
    const open = await verifyArchive(path)
    await open.close()
    const { counts, missing, members, backupId } = open.manifest
    expect(counts.records + counts.history + counts.keys).toBe(entry.items)
    expect([backupId, counts.files, counts.accessLogs, missing]).toEqual([entry.id, 1, 3, ['imports/expired.csv']])
    expect(members.flatMap(({ kind, key }) => (kind === 'access-log' ? [key] : []))).toEqual(
      ['a', 'b', 'c'].map(name => `AWSLogs/1/CloudTrail/${name}.json.gz`),
    )
    const sum = createHash('sha256').update(Buffer.concat(pieces)).digest('hex')
    expect(ended.fields).toMatchObject({
      state: 'succeeded',
      report: { backupId: entry.id, sha256: sum, bytes: Buffer.concat(pieces).length, missing: 1, counts },
      steps: ['verify', 'archive', 'report'].map(name => ({ name, state: 'done' })),
    })
    expect(runView.parse(viewRun(await loadRun(ctx(), ended.id))).kind).toBe('archive')
  })

  it('is made in the end when a service is away for a while, or a function is killed', async () => {
    const entry = await backedUp()
    const away = new TaskError('Unavailable', 'S3 does not answer')
    const killed = new TaskError('Lambda.Unknown', 'killed')
    const ended = await archive({
      backupId: entry.id,
      before: (step, times) => {
        if (step === 'write' && times <= 2) throw times === 1 ? away : killed
      },
    })
    expect([ended.error, ended.fields['state'], ended.ran]).toEqual([undefined, 'succeeded', Array(3).fill('write')])
  })

  it('made again after it was done leaves the run and its file as they are', async () => {
    const entry = await backedUp()
    const first = await archive({ backupId: entry.id })
    const key = archiveFiles.tar(first.id)
    const before = await first.files.head(key)
    await scratch.vault.write('AWSLogs/1/CloudTrail/later.json.gz', 'later', 'text/plain')
    const work = { tools: scratch, files: first.files, filesBucket: scratchBucket, accessLog: scratchBucket }
    await makeArchive(ctx(), work, { runId: first.id, remainingMs: () => 900_000 })
    expect((await loadRun(ctx(), first.id)).fields).toEqual(first.fields)
    expect(await first.files.head(key)).toEqual(before)
  })
})

describe('an archive that cannot be made', () => {
  it('is none when a file of the backup is not what was made, and the run names the file', async () => {
    const entry = await backedUp()
    const { key = '', versionId = '' } = entry.files[0] ?? {}
    scratch.rot(key, versionId, bytes => bytes.subarray(0, -9))
    const ended = await archive({ backupId: entry.id })
    expect([ended.error, ended.ran]).toEqual(['ArchiveFailed', ['write', 'fail']])
    expect(ended.fields).toMatchObject({
      state: 'failed',
      failure: { code: 'backup_tampered', detail: expect.stringContaining(key) },
    })
    expect(await ended.files.head(archiveFiles.tar(ended.id))).toBeUndefined()
  })

  it('says what to do when there is more than a function has time for', async () => {
    const { id } = await backedUp()
    const ended = await archive({ backupId: id, remainingMs: () => 10_000 })
    expect(ended.fields).toMatchObject({
      state: 'failed',
      failure: { code: 'archive_too_large', detail: expect.stringContaining('npm run export-tenant') },
    })
    expect(await ended.files.head(archiveFiles.tar(ended.id))).toBeUndefined()
  })

  it.each(['Unavailable', 'Internal', 'States.Timeout'])(
    'ends as failed when its step fails with %s to the end',
    async name => {
      const { id } = await backedUp()
      const ended = await archive({
        backupId: id,
        before: step => {
          if (step === 'write') throw new TaskError(name, 'no luck')
        },
      })
      expect([ended.error, ended.ran.at(-1)]).toEqual(['ArchiveFailed', 'fail'])
      expect(ended.fields).toMatchObject({ state: 'failed', failure: { detail: 'no luck' } })
    },
  )
})
