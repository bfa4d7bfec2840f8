import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import type { Context } from '#lib/runtime/context.ts'
import { changeSettings, revertSettings } from '#lib/settings/change-settings.ts'
import { readSettingsHistory } from '#lib/settings/read-settings-history.ts'
import { settingId } from '#lib/settings/setting-id.ts'
import { readSettings } from '#lib/settings/view-settings.ts'
import { recordKey } from '#lib/store/keys.ts'
import type { JsonObject } from '#schemas/json.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())
beforeEach(async () => {
  const keys = await tables.call('Query', {
    TableName: 'Records',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: recordKey(settingId).pk } },
  })
  for (const item of (keys as { Items: { pk: unknown; sk: unknown }[] }).Items)
    await tables.call('DeleteItem', { TableName: 'Records', Key: { pk: item.pk, sk: item.sk } })
})

const asAdmin = (more: Partial<Context> = {}) => contextOf(tables, cast.admin, more)
const change = (patch: unknown, more: { ifVersions?: number[]; dryRun?: boolean } = {}, ctx = asAdmin()) =>
  changeSettings(ctx, { patch, ...more })

describe('The settings', () => {
  it('are the defaults at version 0 until somebody decides otherwise', async () => {
    const { view, version } = await readSettings(asAdmin())
    expect(view).toEqual({ id: settingId, object: 'setting', version: 0, ...defaultPolicy })
    expect(version).toBe(0)
    expect(await readSettingsHistory(asAdmin(), { limit: 10 })).toEqual({ items: [] })
  })

  it('change by merge patch, member by member, and null sets back', async () => {
    await change({ cleanup: { frequency: 'monthly', fixes: { emailCase: false } }, audit: { perOwner: 9 } })
    const { view, version } = await change({ cleanup: { frequency: null, dayOfMonth: 15 }, audit: null })
    expect(version).toBe(2)
    const fixes = { ...defaultPolicy.cleanup.fixes, emailCase: false }
    expect(view).toMatchObject({ cleanup: { ...defaultPolicy.cleanup, dayOfMonth: 15, fixes }, audit: { perOwner: 5 } })
    expect((await readSettings(asAdmin())).view).toEqual(view)
  })

  it('keep only what differs from the defaults, so that better defaults reach those who decided nothing', async () => {
    await change({ cleanup: { time: '03:30' }, quality: { threshold: 70 } })
    await change({ quality: { threshold: null } })
    const { items } = await readHistory(asAdmin(), { object: objectNamed('setting'), id: settingId, limit: 9 })
    expect(items.map(({ version, actorId, changes }) => ({ version, actorId, changes }))).toEqual([
      { version: 2, actorId: cast.admin.id, changes: { quality: { old: { threshold: 70 }, new: null } } },
      {
        version: 1,
        actorId: cast.admin.id,
        changes: {
          name: { old: null, new: 'Settings' },
          cleanup: { old: null, new: { time: '03:30' } },
          quality: { old: null, new: { threshold: 70 } },
        },
      },
    ])
  })

  it('do not change when nothing changes', async () => {
    await change({ cleanup: { time: '03:30' } })
    expect((await change({ cleanup: { time: '03:30' } })).version).toBe(1)
    expect((await change({})).version).toBe(1)
  })

  it('change only at the version that the caller saw', async () => {
    await change({ audit: { perOwner: 1 } }, { ifVersions: [0] })
    expect((await refusalOf(change({ audit: { perOwner: 2 } }, { ifVersions: [0] }))).code).toBe('version_conflict')
    expect((await change({ audit: { perOwner: 2 } }, { ifVersions: [1] })).version).toBe(2)
  })

  it('lose nothing of changes at the same moment', async () => {
    const patches = [{ cleanup: { time: '04:00' } }, { audit: { perOwner: 7 } }, { quality: { threshold: 50 } }]
    await Promise.all(patches.map(patch => change(patch)))
    const { view, version } = await readSettings(asAdmin())
    expect(version).toBe(3)
    expect(view).toMatchObject({ cleanup: { time: '04:00' }, audit: { perOwner: 7 }, quality: { threshold: 50 } })
  })

  it('change once for an Idempotency-Key, and answer the same again', async () => {
    const ctx = () => asAdmin({ idempotency: { key: 'k1', requestHash: 'h' } })
    const first = await change({ audit: { perOwner: 3 } }, {}, ctx())
    await change({ audit: { perOwner: 4 } })
    const again = await change({ audit: { perOwner: 3 } }, {}, ctx())
    expect([again.replayed, again.version, again.view]).toEqual([true, 1, first.view])
    expect((await readSettings(asAdmin())).version).toBe(2)
  })

  it('stay as they are in a dry run', async () => {
    const { view } = await change({ audit: { perOwner: 3 } }, { dryRun: true })
    expect([view, (await readSettings(asAdmin())).version]).toMatchObject([{ audit: { perOwner: 3 } }, 0])
  })

  it('return to an earlier version, and to the defaults, as new versions', async () => {
    await change({ audit: { perOwner: 3 } })
    await change({ audit: { perOwner: 4 }, cleanup: { time: '05:00' } })
    const back = await revertSettings(asAdmin(), { toVersion: 1 })
    expect([back.version, back.view]).toMatchObject([3, { audit: { perOwner: 3 }, cleanup: { time: '04:30' } }])
    expect((await revertSettings(asAdmin(), { toVersion: 0 })).view).toMatchObject({ ...defaultPolicy, version: 4 })
    expect(await toldBy(revertSettings(asAdmin(), { toVersion: 9 }))).toEqual([
      'validation_failed',
      '/toVersion unknown_version',
    ])
  })

  it('do not return to a reviewer who has left since', async () => {
    const { id } = await createRecord(asAdmin(), {
      object: objectNamed('user'),
      input: { name: 'L', email: `${settingId}@example.com`, roleId: cast.roles['rep'] ?? '' },
    })
    await change({ audit: { reviewerId: id } })
    await change({ audit: { reviewerId: null } })
    await tables.call('UpdateItem', {
      TableName: 'Records',
      Key: { pk: { S: recordKey(id).pk }, sk: { S: 'A' } },
      UpdateExpression: 'SET deletedAt = :t',
      ExpressionAttributeValues: { ':t': { S: '2026-01-01T00:00:00.000Z' } },
    })
    expect(await toldBy(revertSettings(asAdmin(), { toVersion: 1 }))).toEqual([
      'validation_failed',
      '/audit/reviewerId invalid_reference',
    ])
  })
})

describe('A change of the settings', () => {
  it('is not held up by a section that it does not touch', async () => {
    await change({ standards: { customer: { industry: { required: true } } } })
    expect((await change({ audit: { perOwner: 2 } })).version).toBe(2)
  })

  it.each<[keyof Cast, boolean, boolean]>([
    ['admin', true, true],
    ['manager', true, false],
    ['auditor', true, false],
    ['rep', false, false],
    ['service', false, false],
    ['integration', false, false],
  ])('%s: sees everything %s, may change %s', async (name, isWhole, mayChange) => {
    const ctx = contextOf(tables, cast[name] as Cast['admin'])
    expect('cleanup' in (await readSettings(ctx)).view).toBe(isWhole)
    const changed = await changeSettings(ctx, { patch: { audit: { perOwner: 2 } } }).then(
      () => true,
      error => error.code,
    )
    expect(changed).toBe(mayChange || 'not_found')
    const history = await readSettingsHistory(ctx, { limit: 5 }).then(
      () => true,
      error => error.code,
    )
    expect(history).toBe(isWhole || 'not_found')
  })

  it('shows those who enter data the standards they are held to, and none about what is hidden from them', async () => {
    const standards: JsonObject = { customer: { taxId: { required: true }, industry: { required: true } } }
    await change({ standards, quality: { threshold: 75 } })
    const quality = { threshold: 75, verifyEveryDays: { customer: 180, contact: 180 } }
    const rep = await readSettings(contextOf(tables, cast.rep))
    expect(rep.view).toMatchObject({ version: 1, quality, standards })
    expect(Object.keys(rep.view).toSorted()).toEqual([
      'id',
      'object',
      'quality',
      'standards',
      'updatedAt',
      'updatedBy',
      'version',
    ])
    const service = await readSettings(contextOf(tables, cast.service))
    expect(service.view['standards']).toEqual({ customer: { industry: { required: true } } })
    const none = await actorWithRole(tables, {
      permissions: [{ object: 'contact', create: 'none', read: 'all', update: 'none', delete: 'none' }],
    })
    expect((await readSettings(contextOf(tables, none))).view['standards']).toEqual({})
  })
})
