import { DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { describe, expect, it } from 'vitest'
import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import type { CatalogueEntry, VaultFile } from '#lib/backup/catalogue.ts'
import { readBackups } from '#lib/backup/read-backups.ts'
import { readLink } from '#lib/backup/read-chain.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { changeSort } from '#lib/store/keys.ts'
import { listTables } from '#lib/store/scratch-tables.ts'
import { contact } from '#schemas/objects/contact.ts'
import { useBackups } from '../support/backup-ground.ts'
import { backUp, drill, type Ended, tablePrefix } from '../support/backup-run.ts'
import { handClock } from '../support/table.ts'
import { scanTable } from '../support/vault.ts'

const ground = useBackups()

/** A backup of what the table holds, with one more contact: so old that it cannot have been in flight at the cut-off. */
async function backedUp(request = { full: true }): Promise<{ entry: CatalogueEntry; contactId: string }> {
  const clock = handClock(new Date(Date.now() - 120_000).toISOString())
  const { id } = await createRecord(ground().context({ clock }), { object: contact, input: { name: 'Somebody' } })
  const ended = await backUp(ground(), { request })
  const { backupId } = ended.fields['report'] as { backupId: string }
  return { entry: (await readLink(ground(), backupId)).entry, contactId: id }
}

async function stateOf(backupId: string): Promise<unknown> {
  return (await fieldsOf(backupId))?.['state']
}

async function fieldsOf(backupId: string) {
  return (await readBackups(ground().context())).find(({ id }) => id === backupId)?.fields
}

const flip = (bytes: Buffer) => {
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1
  return bytes
}

const rot = ({ key, versionId }: VaultFile, change = flip) => ground().scratch.rot(key, versionId, change)

/** Nothing is left of a drill that failed, and one of a new backup proves it. */
async function expectTidy(ended: Ended): Promise<void> {
  expect([ended.error, ended.fields['state']], JSON.stringify(ended)).toEqual(['DrillFailed', 'failed'])
  expect(ended.fields['endedAt']).toBeDefined()
  expect(await listTables(tablePrefix)).toEqual([])
}

async function expectNextProves(request = { full: true }): Promise<CatalogueEntry> {
  const { entry } = await backedUp(request)
  const next = await drill(ground())
  expect(next.fields, JSON.stringify(next)).toMatchObject({ state: 'succeeded', report: { backupId: entry.id } })
  expect(await stateOf(entry.id)).toBe('proven')
  return entry
}

const failAt = (isHere: boolean, name: string) => {
  if (isHere) throw new TaskError(name, 'It is broken.')
}

describe('a drill of a backup that is not what was made', () => {
  const catalogueOf = ({ id }: CatalogueEntry) => vaultKeys.catalogue(id)
  const [first, last] = [
    (entry: CatalogueEntry) => entry.files[0]?.key,
    (entry: CatalogueEntry) => entry.files.at(-1)?.key,
  ]
  const fileAt = ({ manifests, files }: CatalogueEntry, key: string): VaultFile => {
    const found = [...manifests, ...files].find(file => file.key === key)
    if (!found) throw new Error(`No file ${key}`)
    return found
  }
  type Harm = (entry: CatalogueEntry, key: string) => unknown

  it.each<[string, (entry: CatalogueEntry) => string | undefined, Harm, 'plan' | 'verify']>([
    ['a data file has another byte', first, (entry, key) => rot(fileAt(entry, key)), 'verify'],
    ['the last file has another byte', last, (entry, key) => rot(fileAt(entry, key)), 'verify'],
    ['a file is cut off', first, (entry, key) => rot(fileAt(entry, key), bytes => bytes.subarray(0, -20)), 'plan'],
    ['a file is gone', last, (_entry, key) => ground().scratch.remove(key), 'plan'],
    ['a file was written again', last, (_entry, key) => ground().vault.write(key, 'x', 'text/plain'), 'plan'],
    [
      'a manifest has another byte',
      entry => entry.manifests.at(-1)?.key,
      (entry, key) => rot(fileAt(entry, key)),
      'verify',
    ],
    ['its catalogue was edited', catalogueOf, (_entry, key) => ground().vault.write(key, '{}', 'text/plain'), 'plan'],
    ['its catalogue is gone', catalogueOf, (_entry, key) => ground().scratch.remove(key), 'plan'],
  ])('names the file when %s, before a table is made', async (_what, keyOf, harm, step) => {
    const { entry } = await backedUp()
    const key = keyOf(entry) ?? ''
    await harm(entry, key)
    const tables = new Set<string>()
    const ended = await drill(ground(), {
      before: async () => {
        for (const name of await listTables(tablePrefix)) tables.add(name)
      },
    })
    await expectTidy(ended)
    const failure = { code: 'backup_tampered', detail: expect.stringContaining(key) }
    expect(ended.fields).toMatchObject({ failure })
    expect(await fieldsOf(entry.id)).toMatchObject({ state: 'failed', failure })
    expect(ended.ran).not.toContain('importTable')
    expect(ended.ran.at(-2)).toBe(step)
    expect([...tables]).toEqual([])
    await expectNextProves()
  })

  it.each<['verify' | 'plan', (file: VaultFile) => unknown]>([
    ['verify', file => rot(file)],
    ['plan', file => rot(file, bytes => bytes.subarray(0, -20))],
  ])('fails all that build on a damaged one, found by %s, and the next backup does not', async (step, harm) => {
    const { entry: full } = await backedUp()
    const { entry: older } = await backedUp({ full: false })
    const { entry: newer } = await backedUp({ full: false })
    expect(newer.previousId).toBe(older.id)
    const [file] = full.files
    if (file) await harm(file)
    const ended = await drill(ground(), { request: { backupId: older.id } })
    await expectTidy(ended)
    expect(ended.ran.at(-2)).toBe(step)
    const failed = { state: 'failed', failure: { detail: expect.stringContaining(file?.key ?? '') } }
    for (const { id } of [full, older, newer]) expect(await fieldsOf(id)).toMatchObject(failed)
    expect((await expectNextProves({ full: false })).fullId).not.toBe(full.id)
  })

  it('keeps what a damaged increment builds on, and the next backup goes on from that', async () => {
    const { entry: full } = await backedUp()
    const { entry: older } = await backedUp({ full: false })
    const { entry: newer } = await backedUp({ full: false })
    const [file] = older.files
    if (file) rot(file)
    await expectTidy(await drill(ground(), { request: { backupId: newer.id } }))
    expect([await stateOf(full.id), await stateOf(older.id), await stateOf(newer.id)]).toEqual([
      'unproven',
      'failed',
      'failed',
    ])
    expect((await expectNextProves({ full: false })).previousId).toBe(full.id)
  })
})

describe('a drill that cannot go on', () => {
  it('has made no table when DynamoDB refuses to import, and says nothing of the backup', async () => {
    const { entry } = await backedUp()
    const ended = await drill(ground(), { may: action => action !== 'dynamodb:ImportTable' })
    await expectTidy(ended)
    expect(ended.fields).toMatchObject({ failure: { detail: expect.stringContaining('not authorized') } })
    expect(await stateOf(entry.id)).toBe('unproven')
    await expectNextProves()
  })

  it('deletes the table of an import that failed, and says nothing of the backup', async () => {
    const { entry } = await backedUp()
    const seen: string[] = []
    const ended = await drill(ground(), {
      bucket: 'no-such-bucket',
      before: async name => {
        if (name === 'fail') seen.push(...(await listTables(tablePrefix)))
      },
    })
    expect(seen).toEqual([tablePrefix + ended.id])
    await expectTidy(ended)
    expect(ended.fields).toMatchObject({ failure: { detail: expect.stringContaining('DescribeImport says why') } })
    expect(ended.ran).not.toContain('increments')
    expect(await stateOf(entry.id)).toBe('unproven')
    expect((await drill(ground(), { request: { backupId: entry.id } })).error).toBeUndefined()
  })

  it('deletes the table, and says nothing of the backup, when KMS refuses to sign the report', async () => {
    const { entry } = await backedUp()
    const kms = new KMSClient({})
    const KeyId = ground().evidenceKey
    const ended = await drill(ground(), {
      before: async name => {
        if (name === 'end') await kms.send(new DisableKeyCommand({ KeyId }))
        if (name === 'fail') await kms.send(new EnableKeyCommand({ KeyId }))
      },
    })
    await expectTidy(ended)
    expect(ended.fields['report']).toBeUndefined()
    expect(await ground().vault.head(vaultKeys.drill(ended.id))).toBeUndefined()
    expect(await stateOf(entry.id)).toBe('unproven')
    await expectNextProves()
  })

  const steps = ['plan', 'verify', 'increments', 'digest', 'compare', 'reads', 'end']
  it.each(steps.map((step, place) => [step, place % 2 === 0 ? 'Internal' : 'Refused'] as const))(
    'deletes the table when %s fails with %s to the end, and says nothing of the backup',
    async (step, name) => {
      const { entry } = await backedUp()
      const ended = await drill(ground(), { before: each => failAt(each === step, name) })
      await expectTidy(ended)
      expect(await stateOf(entry.id)).toBe('unproven')
    },
  )

  it.each([...steps, 'importTable', 'describeImport', 'fail'])(
    'goes on by itself when a service behind %s is away for a while',
    async step => {
      const { entry } = await backedUp()
      const away = step.endsWith('mport') || step.startsWith('import') ? 'DynamoDb.DynamoDbException' : 'Unavailable'
      const ended = await drill(ground(), {
        before: (each, times) => {
          failAt(each === step && times <= 2, away)
          failAt(step === 'fail' && each === 'digest', 'Refused')
        },
      })
      if (step === 'fail') return expectTidy(ended)
      expect(ended.error, JSON.stringify(ended)).toBeUndefined()
      expect(await stateOf(entry.id)).toBe('proven')
      expect(await listTables(tablePrefix)).toEqual([])
    },
  )
})

describe('a drill that finds a real difference', () => {
  type Key = { pk: string; sk: string }
  const remove = (TableName: string, { pk, sk }: Key) =>
    ground().tables.call('DeleteItem', { TableName, Key: { pk: { S: pk }, sk: { S: sk } } })
  const forge = (TableName: string, { pk, sk }: Key) =>
    ground().tables.call('UpdateItem', {
      TableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'SET forged = :forged',
      ExpressionAttributeValues: { ':forged': { S: 'yes' } },
    })
  const recordOf = (id: string): Key => ({ pk: `R#${id}`, sk: 'A' })
  const changeOf = (id: string): Key => ({ pk: `R#${id}`, sk: changeSort(1) })

  it.each<[string, 'live' | 'restored', (table: string, id: string) => unknown, string[]]>([
    ['a record is gone past its history', 'live', (table, id) => remove(table, recordOf(id)), ['missing_live']],
    ['a change of a history is gone', 'live', (table, id) => remove(table, changeOf(id)), ['missing_live']],
    ['a change of a history was forged', 'live', (table, id) => forge(table, changeOf(id)), ['different']],
    ['a record is missing', 'restored', (table, id) => remove(table, recordOf(id)), ['missing_in_backup']],
    ['a change of a history is missing', 'restored', (table, id) => remove(table, changeOf(id)), ['missing_in_backup']],
    ['a record is another', 'restored', (table, id) => forge(table, recordOf(id)), ['different']],
  ])('%s in the %s table', async (_what, side, harm, codes) => {
    const { entry, contactId } = await backedUp()
    const before = await scanTable(ground().tables.call, 'Records')
    const ended = await drill(ground(), {
      before: async name => {
        if (name !== 'increments') return
        const [scratch = ''] = await listTables(tablePrefix)
        await harm(side === 'live' ? 'Records' : scratch, contactId)
      },
    })
    // A table that stays harmed fails the read checks of the next drill too.
    for (const item of before.filter(({ pk }) => (pk as { S: string }).S === `R#${contactId}`))
      await ground().tables.call('PutItem', { TableName: 'Records', Item: item })
    await expectTidy(ended)
    const { report } = ended.fields as { report: { examples: { record: string; code: string }[]; differences: number } }
    expect(report.examples.map(({ record, code }) => [record, code])).toEqual(codes.map(code => [contactId, code]))
    expect(report.differences).toBe(codes.length)
    expect(ended.fields['failure']).toMatchObject({ code: 'restore_differs' })
    expect(await fieldsOf(entry.id)).toMatchObject({ state: 'failed', failure: { code: 'restore_differs' } })
    const kept = JSON.parse(await ground().vault.readText(vaultKeys.drill(ended.id)))
    expect(kept).toMatchObject({ runId: ended.id, differences: codes.length })
    await expectNextProves()
  })
})
