import { describe, expect, it } from 'vitest'
import type { Actor } from '#lib/permissions/actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { compileFilter } from '#lib/records/filter/compile-filter.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { defineObject, type ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { activity } from '#schemas/objects/activity.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { toldBy } from '../../../../support/table.ts'

const label = { en: 'x', zh: 'x' }
const deal = defineObject({
  name: 'deal',
  plural: 'deals',
  prefix: 'deal',
  label,
  pluralLabel: label,
  titleField: 'name',
  fields: {
    name: { type: 'text', label },
    price: { type: 'money', label },
    isWon: { type: 'boolean', label },
    colours: { type: 'multiSelect', label, options: ['red', 'blue'].map(value => ({ value, label })) },
    data: { type: 'json', label },
  },
})

const contextOf = (actor: Actor) => ({ actor }) as Context
const me = 'user_01h455vb4pex5vsknk084sn02q'
const actor: Actor = { ...systemActor, id: me }
const ctx = contextOf(actor)
const withFields = (fields: [string, 'hidden' | 'masked' | 'readOnly'][]): Context =>
  contextOf({ ...actor, role: { ...actor.role, fields: new Map(fields) } })

const record = (object: ObjectDefinition, fields: JsonObject): StoredRecord => ({
  id: `${object.prefix}_01h455vb4pex5vsknk084sn02q`,
  object: object.name,
  version: 3,
  fields,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: me,
  updatedAt: '2026-02-01T00:00:00.000Z',
  updatedBy: me,
})

const huaxing = record(customer, {
  name: '华星',
  industry: 'retail',
  tier: 'A',
  ownerId: me,
  tags: ['vip', '华东'],
  emails: [{ value: 'li@a.cn', primary: true, status: 'valid' }],
  phones: [{ value: '+8613912077502', primary: true, status: 'unverified', entered: '13912077502' }],
  address: { city: '北京' },
  lastContactedAt: '2026-01-15T00:00:00.000Z',
  externalIds: [{ system: 'erp', id: '7' }],
})
const bare = record(customer, { name: 'bare' })
const call = record(activity, { type: 'call', subject: 'x', durationMinutes: 30 })
const wang = record(contact, {
  name: '王',
  birthday: '1985-06-01',
  consent: [{ channel: 'email', status: 'granted', at: '2026-01-01T00:00:00.000Z' }],
})
const won = record(deal, {
  name: 'x',
  price: { amount: '12.50', currency: 'CNY' },
  isWon: true,
  colours: ['red'],
  data: { a: { b: 'c' } },
})

const objects: Record<string, ObjectDefinition> = { customer, activity, contact, deal }
const test = async (of: StoredRecord, source: string) =>
  (await compileFilter(ctx, objects[of.object] ?? customer, source)).test(of)

describe('compileFilter', () => {
  it.each<[string, StoredRecord, boolean]>([
    ['record.industry == "retail"', huaxing, true],
    ['record.industry == "finance"', huaxing, false],
    ['record.industry == "retail" && record.tier in ["A", "B"]', huaxing, true],
    ['record.tier == "C" || record.name.startsWith("华")', huaxing, true],
    ['record.name.contains("星")', huaxing, true],
    ['record.name.endsWith("x")', huaxing, false],
    ['record.name.size() == 2', huaxing, true],
    ['"vip" in record.tags', huaxing, true],
    ['record.tags.size() > 1', huaxing, true],
    ['record.tags.exists(tag, tag.startsWith("华"))', huaxing, true],
    ['record.emails.exists(e, e.value == "li@a.cn" && e.primary)', huaxing, true],
    ['record.phones.exists(p, p.status == "invalid")', huaxing, false],
    ['record.externalIds.exists(x, x.system == "erp" && x.id == "7")', huaxing, true],
    ['record.emails.filter(e, e.primary).exists(e, e.status == "valid")', huaxing, true],
    ['record.address.city == "北京"', huaxing, true],
    ['record.address.street == "x"', huaxing, false],
    ['record.ownerId == me', huaxing, true],
    ['record.version == 3', huaxing, true],
    ['record.version != 3', huaxing, false],
    ['record.version > 2', huaxing, true],
    ['record.id == "cust_01h455vb4pex5vsknk084sn02q"', huaxing, true],
    ['record.object == "customer"', huaxing, true],
    ['record.createdBy == me', huaxing, true],
    ['record.createdAt < timestamp("2026-01-02T00:00:00Z")', huaxing, true],
    ['record.updatedAt > timestamp("2026-01-31T16:00:00+08:00")', huaxing, true],
    ['record.lastContactedAt > record.createdAt', huaxing, true],
    ['record.updatedAt - record.createdAt > duration("24h")', huaxing, true],
    ['has(record.tier)', huaxing, true],
    ['has(record.website)', huaxing, false],
    ['!has(record.website)', huaxing, true],
    ['record.durationMinutes == 30', call, true],
    ['record.durationMinutes >= 30 && record.durationMinutes < 31.5', call, true],
    ['record.birthday < "1990-01-01"', wang, true],
    ['record.consent.exists(c, c.at < timestamp("2026-02-01T00:00:00Z"))', wang, true],
    ['record.price.amount > 12.0 && record.price.currency == "CNY"', won, true],
    ['record.isWon', won, true],
    ['"red" in record.colours', won, true],
    ['record.data.a.b == "c"', won, true],
    ['true', huaxing, true],
  ])('%s', async (source, of, result) => {
    expect(await test(of, source)).toBe(result)
  })

  it.each([
    'record.industry == "retail"',
    'record.industry != "retail"',
    '!(record.industry == "retail")',
    'record.lastContactedAt < timestamp("2999-01-01T00:00:00Z")',
    'record.tags.all(tag, tag == "vip")',
    'record.emails.exists(e, true)',
    'record.address.city != "x"',
  ])('a comparison with an empty field is never true: %s', async source => {
    expect(await test(bare, source)).toBe(false)
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['spaces', '  '],
    ['half a text', '"x'],
    ['an unknown field', 'record.colour == "red"'],
    ['a name of the prototype', 'record.constructor == "x"'],
    ['another name of the prototype', 'record.__proto__ == "x"'],
    ['an unknown part of a field', 'record.address.town == "x"'],
    ['an unknown variable', 'customer.name == "x"'],
    ['an unknown function', 'record.name.shout() == "X"'],
    ['a text compared with a number', 'record.industry == 3'],
    ['a time compared with a text', 'record.createdAt > "2026-01-01"'],
    ['no condition', '1'],
    ['a text', 'record.name'],
    ['a list', 'record.tags'],
    ['the record as a whole', 'record == record'],
    ['the record in a list', '[record].exists(r, r.name == "x")'],
    ['the record in a map', '{"a": record}.a.name == "x"'],
    ['the record bound to a name', 'cel.bind(r, record, r.name == "x")'],
    ['the record untyped', 'dyn(record).name == "x"'],
    ['a field by index', 'record["name"] == "x"'],
    ['an entry by its place', 'record.emails[0].value == "x"'],
    ['a regular expression', 'record.name.matches("(a+)+$")'],
    ['a loop in a loop', 'record.tags.all(a, record.tags.all(b, a != b))'],
    ['a loop in a loop over texts given', '["a"].exists(a, ["b"].map(b, b + a) == ["ba"])'],
    ['4,001 characters', `record.name == "${'x'.repeat(4000)}"`],
    ['401 parts', Array.from({ length: 401 }, () => 'true').join(' && ')],
    ['brackets 100 deep', `${'('.repeat(100)}true${')'.repeat(100)}`],
    ['a list of 201', `record.name in [${Array.from({ length: 201 }, () => '"x"').join(',')}]`],
    ['another query language', "industry = 'retail'; DROP TABLE customers"],
  ])('%s is refused as invalid_filter', async (_what, source) => {
    expect(await toldBy(compileFilter(ctx, customer, source))).toEqual(['invalid_filter', '?filter invalid_filter'])
  })

  it('gives an index what it can answer: equal texts that must hold', async () => {
    const source = 'record.industry == "retail" && (record.ownerId == me && record.tier != "A")'
    const { equalities } = await compileFilter(ctx, customer, source)
    expect(Object.fromEntries(equalities)).toEqual({ industry: 'retail', ownerId: me })
  })

  it.each([
    'record.industry == "a" || record.ownerId == me',
    '!(record.ownerId == me)',
    'record.ownerId == me ? true : true',
  ])('and nothing that need not hold: %s', async source => {
    expect((await compileFilter(ctx, customer, source)).equalities.size).toBe(0)
  })
})

describe('fields the role does not show', () => {
  it.each([
    'record.taxId == "x"',
    'has(record.taxId)',
    '!has(record.taxId)',
    'true || record.taxId == "x"',
    'record.name == record.taxId',
    'record.tags.exists(t, t == record.taxId)',
    '[record.taxId].exists(t, t == "x")',
    'record.name == "x" ? record.taxId == "y" : true',
    '( record ) . taxId == "x"',
  ])('cannot be filtered by: %s', async source => {
    const hidden = withFields([['customer.taxId', 'hidden']])
    const masked = withFields([['customer.taxId', 'masked']])
    for (const blind of [hidden, masked])
      expect(await toldBy(compileFilter(blind, customer, source))).toEqual(['invalid_filter', '?filter invalid_filter'])
  })

  it('the same filter is refused from the moment the role changes, though it was compiled before', async () => {
    const source = 'record.taxId == "changed"'
    await compileFilter(ctx, customer, source)
    const later = withFields([['customer.taxId', 'hidden']])
    expect(await toldBy(compileFilter(later, customer, source))).toEqual(['invalid_filter', '?filter invalid_filter'])
    expect(await compileFilter(ctx, customer, source)).toBeDefined()
  })

  it('a read-only field can be filtered by', async () => {
    expect(
      await compileFilter(withFields([['customer.tier', 'readOnly']]), customer, 'record.tier == "A"'),
    ).toBeDefined()
  })

  it('me is each actor’s own, though the filter is the same', async () => {
    const other = contextOf({ ...actor, id: 'user_01h455vb4pex5vsknk084sn02r' })
    const source = 'record.ownerId == me'
    const answers = [ctx, other].map(async each => (await compileFilter(each, customer, source)).test(huaxing))
    expect(await Promise.all(answers)).toEqual([true, false])
  })
})

describe('bounds', () => {
  it('a filter over the longest texts and lists takes milliseconds a record', async () => {
    const long = record(activity, { body: 'a,'.repeat(25_000), tags: Array.from({ length: 50 }, (_, i) => `t${i}`) })
    const source = `record.tags.all(t, t != "${'x'.repeat(100)}") && !record.body.contains("b")`
    const start = performance.now()
    for (let i = 0; i < 100; i++) await test(long, source)
    expect((performance.now() - start) / 100).toBeLessThan(20)
  })
})
