import { beforeAll, describe, expect, it } from 'vitest'
import type { FieldAccess } from '#lib/permissions/actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import type { Viewer } from '#lib/quality/view-quality.ts'
import { viewChange } from '#lib/records/change-view.ts'
import { viewRecord } from '#lib/records/view.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { defineObject } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { handClock, testTenant } from '../../../support/table.ts'

const label = { en: 'x', zh: 'x' }
const options = [{ value: 'a', label }]
const thing = defineObject({
  name: 'thing',
  plural: 'things',
  prefix: 'thing',
  label,
  pluralLabel: label,
  titleField: 'text',
  fields: {
    text: { type: 'text', label },
    longText: { type: 'longText', label },
    number: { type: 'number', label },
    money: { type: 'money', label },
    date: { type: 'date', label },
    dateTime: { type: 'dateTime', label },
    boolean: { type: 'boolean', label },
    select: { type: 'select', label, options },
    tags: { type: 'tags', label },
    url: { type: 'url', label },
    address: { type: 'address', label },
    emails: { type: 'emails', label },
    phones: { type: 'phones', label },
    list: { type: 'list', label, maxItems: 5, fields: { a: { type: 'text', label } } },
    json: { type: 'json', label },
  },
})
const fields: JsonObject = {
  text: '李娜',
  longText: 'Secret story',
  number: 12345,
  money: { amount: '12345.00', currency: 'CNY' },
  date: '1985-06-07',
  dateTime: '2026-01-01T00:00:00.000Z',
  boolean: true,
  select: 'a',
  tags: ['secret'],
  url: 'https://secret.cn',
  address: {
    country: 'CN',
    province: '北京市',
    city: '北京',
    district: '海淀',
    street: '秘密街',
    postalCode: '100080',
  },
  emails: [{ value: 'secret@corp.cn', label: 'work', primary: true, status: 'valid' }],
  phones: [{ value: '+8613912077502', entered: '139 1207 7502', extension: '801', primary: true, status: 'valid' }],
  list: [{ a: 'secret' }],
  json: { a: 'secret' },
}
const record: StoredRecord = {
  id: 'thing_01h455vb4pex5vsknk084sn02q',
  object: 'thing',
  version: 2,
  fields,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'system',
  updatedAt: '2026-01-02T00:00:00.000Z',
  updatedBy: 'system',
}
const seenWith = (access: FieldAccess): Viewer => {
  const entries = Object.keys(fields).map(name => [`thing.${name}`, access] as const)
  const actor = { ...systemActor, role: { ...systemActor.role, fields: new Map(entries) } }
  return { actor, clock: handClock(), tenant: testTenant }
}
const flawless = { score: 100, issues: [] }

beforeAll(() => openQuality(thing))

describe('viewRecord', () => {
  it('masks what a person tells records apart by, and leaves out what has no masked form', () => {
    const { id: _id, object: _object, version: _version, ...view } = viewRecord(seenWith('masked'), thing, record)
    expect(view).toEqual({
      text: '李***',
      date: '1985-**-**',
      address: { country: 'CN', province: '北京市', city: '北京', street: '***' },
      emails: [{ value: 's***@corp.cn', label: 'work', primary: true, status: 'valid' }],
      phones: [{ value: '+86139****7502', extension: '801', primary: true, status: 'valid' }],
      createdAt: record.createdAt,
      createdBy: record.createdBy,
      updatedAt: record.updatedAt,
      updatedBy: record.updatedBy,
      quality: flawless,
    })
  })

  it('a masked record tells none of its secrets', () => {
    const told = JSON.stringify(viewRecord(seenWith('masked'), thing, record))
    expect(told).not.toMatch(/娜|ecret|12345|06-07|秘密|海淀|100080|1207/)
  })

  it('a hidden field is as if it were not there', () => {
    expect(Object.keys(viewRecord(seenWith('hidden'), thing, record))).toEqual([
      'id',
      'object',
      'version',
      'createdAt',
      'createdBy',
      'updatedAt',
      'updatedBy',
      'quality',
    ])
  })

  it('a selection has the quality only when it is asked for', () => {
    const names = (only: string[]) => Object.keys(viewRecord(seenWith('editable'), thing, record, only))
    expect(names(['text'])).toEqual(['id', 'object', 'version', 'text'])
    expect(names(['quality'])).toEqual(['id', 'object', 'version', 'quality'])
  })

  it('what the product keeps for its own workings has no quality', () => {
    expect(viewRecord(seenWith('editable'), { ...thing, system: true }, record)).not.toHaveProperty('quality')
  })

  it.each([
    ['editable', 1],
    ['readOnly', 1],
    ['masked', 0],
    ['hidden', 0],
  ] as const)(
    'an actor who sees a field as %s is told %i of its issues, and the score as everybody',
    (access, count) => {
      const marked = { ...record, fields: { emails: [{ value: 'a@b.cn', primary: true, status: 'invalid' }] } }
      const { quality } = viewRecord(seenWith(access), thing, marked)
      expect(quality).toMatchObject({ score: 80, issues: Array(count).fill({ rule: 'emailFormat', field: 'emails' }) })
    },
  )

  it.each(['readOnly', 'editable'] as const)('a %s field is shown as it is', access => {
    expect(viewRecord(seenWith(access), thing, record)).toMatchObject(fields)
  })

  it('members come in an order of their own, whatever the order they were stored in', () => {
    const turned = { ...record, fields: { emails: [{ status: 'valid', primary: true, value: 'a@b.cn', label: 'x' }] } }
    const view = viewRecord(seenWith('editable'), thing, turned)
    expect(JSON.stringify(view['emails'])).toBe('[{"value":"a@b.cn","label":"x","primary":true,"status":"valid"}]')
  })

  it('a field that is no longer defined is not shown', () => {
    const old = { ...record, fields: { text: 'x', former: 'y' } }
    expect(viewRecord(seenWith('editable'), thing, old)).not.toHaveProperty('former')
  })
})

describe('viewChange', () => {
  const change: Change = {
    id: record.id,
    object: 'thing',
    version: 2,
    action: 'updated',
    at: record.updatedAt,
    actorId: 'system',
    requestId: 'r1',
    source: 'api',
    writeId: 'w1',
    changes: {
      text: { old: '李娜', new: '王芳' },
      emails: { new: [{ value: 'secret@corp.cn', primary: true, status: 'valid' }] },
      former: { old: 'x' },
      constructor: { old: 'x' },
    },
  }

  it('tells old and new, null for none, and nothing that is only ours to know', () => {
    const view = viewChange(seenWith('editable'), thing, change)
    expect(Object.keys(view)).toEqual(['version', 'action', 'actorId', 'at', 'requestId', 'source', 'changes'])
    expect(view['changes']).toMatchObject({ text: { old: '李娜', new: '王芳' }, emails: { old: null } })
  })

  it('masks both sides', () => {
    const { changes } = viewChange(seenWith('masked'), thing, change)
    expect(changes).toMatchObject({ text: { old: '李***', new: '王***' } })
    expect(JSON.stringify(changes)).not.toContain('secret')
  })

  it.each(['hidden', 'editable'] as const)('a field that is %s and no longer defined is left out', access => {
    expect(Object.keys(viewChange(seenWith(access), thing, change)['changes'] as JsonObject)).not.toContain('former')
  })

  it('a name of the prototype is no field', () => {
    expect(Object.keys(viewChange(seenWith('editable'), thing, change)['changes'] as JsonObject)).toEqual([
      'text',
      'emails',
    ])
  })
})
