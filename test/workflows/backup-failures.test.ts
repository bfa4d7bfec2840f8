import { DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { describe, expect, it } from 'vitest'
import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import { readBackups } from '#lib/backup/read-backups.ts'
import { readChain } from '#lib/backup/read-chain.ts'
import { openVault, type Vault } from '#lib/backup/vault.ts'
import { copiedPrefixes, vaultKeys } from '#lib/backup/vault-keys.ts'
import { verifyChain } from '#lib/backup/verify-chain.ts'
import { unavailable } from '#lib/errors.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { contact } from '#schemas/objects/contact.ts'
import { copyBucket, copyTo, filesBucket, filesCopyBucket, useBackups } from '../support/backup-ground.ts'
import { backUp, drill, type Ended, type Meddling } from '../support/backup-run.ts'
import { failingWrites } from '../support/frail-store.ts'
import { rot, scratchBucket } from '../support/vault.ts'

const ground = useBackups()

const backups = () => readBackups(ground().context())
const backupOf = async ({ id }: Ended): Promise<StoredRecord | undefined> =>
  (await backups()).find(({ fields }) => fields['runId'] === id)

/** Keys below a prefix, as S3 lists them. */
async function keysIn(vault: Vault, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of vault.list(prefix)) keys.push(key)
  return keys
}

/** What a run has put below a prefix so far, by what was there before it. */
async function sinceThen(before: readonly string[], isWanted: RegExp): Promise<string[]> {
  return (await keysIn(ground().vault)).filter(key => !before.includes(key) && isWanted.test(key))
}

const flip = (bytes: Buffer) => {
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1
  return bytes
}

async function rotNewest(key: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const { versionId = '' } = (await ground().vault.head(key)) ?? {}
  ground().scratch.rot(key, versionId, change)
}

/** A run that cannot go on, and that one after it can. */
async function failing(meddling: Meddling): Promise<Ended> {
  await createRecord(ground().context(), { object: contact, input: { name: 'Somebody' } })
  const catalogues = await keysIn(ground().vault, vaultKeys.prefixes.catalogue)
  const ended = await backUp(ground(), meddling)
  expect(ended.error, JSON.stringify(ended)).toBe('BackupFailed')
  expect(ended.fields).toMatchObject({ state: 'failed', failure: { detail: expect.any(String) } })
  expect(ended.fields['endedAt']).toBeDefined()
  expect((await keysIn(ground().vault, vaultKeys.prefixes.catalogue)).filter(key => !catalogues.includes(key))).toEqual(
    [],
  )
  await expectNextWorks({})
  return ended
}

/** The next backup is whole, whether it is full or goes on from the last good one. */
async function expectNextWorks(request: { full?: boolean }): Promise<void> {
  const next = await backUp(ground(), { request })
  expect(next.error, JSON.stringify(next)).toBeUndefined()
  const made = await backupOf(next)
  expect(made?.fields).toMatchObject({ state: 'unproven' })
  expect(made?.fields['copiedAt']).toBeDefined()
  await verifyChain(ground(), made?.id ?? '')
}

describe('a backup that cannot be made', () => {
  it('leaves nothing when the table cannot be described', async () => {
    const ended = await failing({ may: action => action !== 'dynamodb:DescribeTable' })
    expect(ended.fields['failure']).toMatchObject({ detail: expect.stringContaining('not authorized') })
    expect(await backupOf(ended)).toBeUndefined()
  })

  it('is kept as failed when DynamoDB refuses to export', async () => {
    const ended = await failing({ may: action => action !== 'dynamodb:ExportTableToPointInTime' })
    expect(ended.fields['failure']).toMatchObject({ detail: expect.stringContaining('not authorized') })
    expect((await backupOf(ended))?.fields).toMatchObject({ state: 'failed', failure: ended.fields['failure'] })
    expect(ended.ran).not.toContain('describeExport')
  })

  it('is kept as failed when the export fails, and the run says where to look', async () => {
    const ended = await failing({ bucket: 'no-such-bucket' })
    expect(ended.fields['failure']).toMatchObject({ detail: expect.stringContaining('DescribeExport says why') })
    expect((await backupOf(ended))?.fields).toMatchObject({ state: 'failed', failure: ended.fields['failure'] })
    expect(ended.ran).not.toContain('inspect')
  })

  const data = /\/data\/.*\.gz$/
  it.each<[string, RegExp, 'inspect' | 'verify', (key: string) => Promise<unknown>]>([
    ['a data file has another byte', data, 'verify', key => rotNewest(key, flip)],
    ['a data file is cut off', data, 'verify', key => rotNewest(key, bytes => bytes.subarray(0, -20))],
    ['a data file is empty', data, 'verify', key => rotNewest(key, () => Buffer.alloc(0))],
    ['a data file is gone', data, 'verify', key => ground().scratch.remove(key)],
    ['a data file was written again', data, 'verify', key => ground().vault.write(key, '{}', 'text/plain')],
    ['the list of files has another byte', /manifest-files\.json$/, 'inspect', key => rotNewest(key, flip)],
    ['the summary is gone', /manifest-summary\.json$/, 'inspect', key => ground().scratch.remove(key)],
    ['the sum of the summary is gone', /manifest-summary\.md5$/, 'inspect', key => ground().scratch.remove(key)],
  ])('names the file when %s before it is verified', async (_what, wanted, step, harm) => {
    const before = await keysIn(ground().vault)
    let harmed = ''
    const ended = await failing({
      before: async (name, times) => {
        if (name !== 'inspect' || times > 1) return
        const [key = ''] = await sinceThen(before, wanted)
        harmed = key
        await harm(key)
      },
    })
    expect(harmed).toMatch(wanted)
    const failure = { code: 'backup_tampered', detail: expect.stringContaining(harmed) }
    expect(ended.fields).toMatchObject({ failure })
    expect((await backupOf(ended))?.fields).toMatchObject({ state: 'failed', failure })
    expect(ended.ran.at(-2)).toBe(step)
  })

  it('has no catalogue when KMS refuses to sign', async () => {
    const kms = new KMSClient({})
    const KeyId = ground().evidenceKey
    const ended = await failing({
      before: async name => {
        if (name === 'catalogue') await kms.send(new DisableKeyCommand({ KeyId }))
        if (name === 'fail') await kms.send(new EnableKeyCommand({ KeyId }))
      },
    })
    expect(ended.ran.filter(name => name === 'catalogue')).toHaveLength(3)
    expect((await backupOf(ended))?.fields).toMatchObject({ state: 'failed', failure: { detail: /disabled/ } })
  })

  it.each([
    ['plan', 'Internal'],
    ['inspect', 'Refused'],
    ['verify', 'Internal'],
    ['catalogue', 'Refused'],
  ])('ends as failed when %s fails with %s to the end', async (step, name) => {
    const ended = await failing({ before: each => failAt(each === step, name) })
    expect((await backupOf(ended))?.fields['state']).toBe(step === 'plan' ? undefined : 'failed')
  })

  it('leaves no catalogue that lacks its signature', async () => {
    const { vault } = ground()
    const write: Vault['write'] = async (key, ...body) => {
      if (key.endsWith('.sig.json')) throw unavailable('The vault does not answer.')
      return vault.write(key, ...body)
    }
    const before = await keysIn(vault, vaultKeys.prefixes.catalogue)
    const ended = await backUp({ ...ground(), vault: { ...vault, write } })
    expect(ended.error).toBe('BackupFailed')
    expect((await keysIn(vault, vaultKeys.prefixes.catalogue)).filter(key => !before.includes(key))).toEqual([])
    expect((await backupOf(ended))?.fields).toMatchObject({ state: 'failed', failure: { code: 'unavailable' } })
    await expectNextWorks({})
  })
})

function failAt(isHere: boolean, name: string): void {
  if (isHere) throw new TaskError(name, 'It is broken.')
}

describe('a backup that has its catalogue', () => {
  it('is known to the table though its record could not be written at first', async () => {
    const away = { isAway: false }
    const ended = await backUp(ground(), {
      ctx: failingWrites(ground().context(), away),
      before: name => {
        away.isAway = name === 'catalogue'
      },
    })
    expect([ended.error, ended.fields['state']]).toEqual(['BackupFailed', 'failed'])
    await expectGood(ended)
  })

  it.each(['Refused', 'Internal'])('stays good when the last step fails with %s to the end', async name => {
    const ended = await backUp(ground(), { before: each => failAt(each === 'end', name) })
    expect([ended.error, ended.fields['state']]).toEqual(['BackupFailed', 'failed'])
    await expectGood(ended)
  })

  it('stays good when the copy does not come, and the run says so', async () => {
    const { s3 } = ground().scratch
    s3.createBucket(scratchBucket, { replication: copyTo(copyBucket, ['nothing/']) })
    const ended = await backUp(ground())
    s3.createBucket(scratchBucket, { replication: copyTo(copyBucket) })
    expect(ended.error).toBe('BackupFailed')
    const { id = '', fields } = (await backupOf(ended)) ?? {}
    expect(ended.fields).toMatchObject({ failure: { code: 'copy_missing', detail: expect.stringContaining(id) } })
    expect(fields?.['copiedAt']).toBeUndefined()
    await expectGood(ended)
    await expectNextWorks({ full: true })
  })

  it('stays good when a file that belongs to it does not come, and the run names the file', async () => {
    const { s3 } = ground().scratch
    const files = openVault(filesBucket)
    s3.createBucket(filesBucket, { replication: copyTo(filesCopyBucket, ['cleanup/', 'reports/']) })
    const came = 'reports/came.csv'
    const stayed = 'imports/stayed.csv'
    for (const key of [came, stayed]) await files.write(key, 'name\n王芳\n', 'text/csv')
    const ended = await backUp(ground())
    expect(ended.error).toBe('BackupFailed')
    expect(ended.fields).toMatchObject({ failure: { code: 'copy_missing', detail: expect.stringContaining(stayed) } })
    await expectGood(ended)
    // What replication missed is copied by whoever mends it: written once more.
    s3.createBucket(filesBucket, { replication: copyTo(filesCopyBucket, copiedPrefixes) })
    await files.write(stayed, 'name\n王芳\n', 'text/csv')
    await expectNextWorks({ full: true })
  })

  it('does not wait for files that have expired since, nor for those that nobody copies', async () => {
    const { s3 } = ground().scratch
    const files = openVault(filesBucket)
    s3.createBucket(filesBucket, { replication: copyTo(filesCopyBucket, ['nothing/']) })
    const versionId = await files.write('imports/expired.csv', 'name\n', 'text/csv')
    await files.write('exports/made-again.csv', 'name\n', 'text/csv')
    const ended = await backUp(ground(), {
      before: async (name, times) => {
        if (name === 'copy' && times === 1) await files.deleteVersion('imports/expired.csv', versionId)
      },
    })
    s3.createBucket(filesBucket, { replication: copyTo(filesCopyBucket, copiedPrefixes) })
    expect(ended.error, JSON.stringify(ended)).toBeUndefined()
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['another byte', flip],
    ['fewer bytes', bytes => bytes.subarray(0, -20)],
  ])('stays good when a file of its copy has %s, and the run names the file', async (_what, change) => {
    const { scratch, copy, vault } = ground()
    const before = await keysIn(vault)
    let harmed = ''
    const ended = await backUp(ground(), {
      before: async (name, times) => {
        if (name !== 'copy' || times > 1) return
        const [key = ''] = await sinceThen(before, /\/data\/.*\.gz$/)
        while (!(scratch.s3.isIdle() && (await copy.head(key)))) await new Promise(setImmediate)
        const { versionId = '' } = (await copy.head(key)) ?? {}
        rot(scratch.s3Dir, { bucket: copyBucket, key, versionId, change })
        harmed = key
      },
    })
    expect(ended.error).toBe('BackupFailed')
    expect(ended.fields).toMatchObject({
      failure: { code: 'copy_differs', detail: expect.stringContaining(harmed) },
    })
    expect((await backupOf(ended))?.fields['copiedAt']).toBeUndefined()
    await expectGood(ended)
    await expectNextWorks({ full: true })
  })
})

/** It can be restored, and a drill proves it. */
async function expectGood(ended: Ended): Promise<void> {
  const { id = '', fields } = (await backupOf(ended)) ?? {}
  expect(fields?.['state']).toBe('unproven')
  expect((await readChain(ground(), id)).newest.id).toBe(id)
  const proof = await drill(ground(), { request: { backupId: id } })
  expect(proof.fields, JSON.stringify(proof)).toMatchObject({ state: 'succeeded', report: { differences: 0 } })
}

describe('a backup goes on by itself', () => {
  it.each(['plan', 'inspect', 'verify', 'catalogue', 'copy', 'end', 'exportTableToPointInTime', 'describeExport'])(
    'when a service behind %s is away for a while',
    async step => {
      const away =
        step.startsWith('d') || step.startsWith('ex') ? 'DynamoDb.InternalServerErrorException' : 'Unavailable'
      const ended = await backUp(ground(), { before: (each, times) => failAt(each === step && times <= 2, away) })
      expect(ended.error, JSON.stringify(ended)).toBeUndefined()
      expect((await backupOf(ended))?.fields['state']).toBe('unproven')
    },
  )
})
