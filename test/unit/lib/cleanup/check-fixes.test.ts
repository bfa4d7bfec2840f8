import { expect, it } from 'vitest'
import { fixedFields, refusalOf } from '#lib/cleanup/check-fixes.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { safeFixes } from '#lib/quality/safe-fixes.ts'
import type { Fix } from '#lib/quality/types.ts'
import { compileObject } from '#lib/records/compile.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { createLogger } from '#lib/runtime/logger.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { contact } from '#schemas/objects/contact.ts'
import { standardObjects } from '#schemas/registry.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { email } from '../../../support/dirty-records.ts'
import { testTenant } from '../../../support/table.ts'

/** No table answers here: what is checked is the record alone. */
const ctx = {
  actor: systemActor,
  requestId: 'request-1',
  source: 'test',
  tenant: testTenant,
  objects: standardObjects,
  store: createStore(openTable('Nowhere')),
  clock: systemClock,
  ids: typeIds,
  log: createLogger({}, () => {}),
}
const object = compileObject(contact, testTenant)
const record = (fields: JsonObject) => ({
  id: 'cont_01h00000000000000000000000',
  object: 'contact',
  version: 1,
  fields,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'system',
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'system',
})
const fix = (field: string, from: Json, to: Json): Fix => ({ kind: 'trim', field, from, to })
const standards = (standard: object) => tenantPolicy.parse({ standards: { contact: { name: standard } } })
const free = tenantPolicy.parse({})

it.each([
  ['mends a value', { name: ' 李娜 ' }, [fix('name', ' 李娜 ', '李娜')], free, undefined],
  [
    'mends one entry beside another that nobody can mend',
    { name: 'A', emails: [email(' a@example.com'), { ...email('nobody@'), primary: false }] },
    [fix('emails', null, [email('a@example.com'), { ...email('nobody@'), primary: false }])],
    free,
    undefined,
  ],
  [
    'drops an entry before one that nobody can mend',
    { name: 'A', emails: [email('a@example.com'), email('a@example.com'), { ...email('nobody@'), primary: false }] },
    [fix('emails', null, [email('a@example.com'), { ...email('nobody@'), primary: false }])],
    free,
    undefined,
  ],
  ['would empty a required field', { name: ' ' }, [fix('name', ' ', '')], free, 'required'],
  [
    'would make a value that the field does not take',
    { name: 'A', emails: [email('a@example.com')] },
    [fix('emails', null, [email('a@')])],
    free,
    'invalid_email',
  ],
  [
    'would break an entry standard',
    { name: ' A ' },
    [fix('name', ' A ', 'A')],
    standards({ minLength: 2 }),
    'too_short',
  ],
  [
    'leaves a broken entry standard as broken as it was',
    { name: ' 李娜 ' },
    [fix('name', ' 李娜 ', '李娜')],
    standards({ allowed: ['王芳'] }),
    undefined,
  ],
] as [string, JsonObject, Fix[], typeof free, string | undefined][])(
  'a fix that %s is made or refused for it',
  async (_what, fields, fixes, policy, code) => {
    expect((await refusalOf(ctx, object, { record: record(fields), fixes, policy }))?.code).toBe(code)
  },
)

it('fixes in their order come to what the last one says, and a field that says nothing is gone', () => {
  const fixes = [fix('name', ' A', 'A'), fix('name', 'A', 'a'), fix('title', ' ', '')]
  expect(fixedFields({ name: ' A', title: ' ', notes: 'x' }, fixes)).toEqual({ name: 'a', notes: 'x' })
})

it('a record that has its safe fixes needs none', () => {
  const allowed = { ...free.cleanup.fixes, phoneRegion: testTenant.phoneRegion }
  const fields = {
    name: '  Ｌｉ Na ',
    emails: [email(' Li@EXAMPLE.com '), { ...email('Li@example.com'), primary: false }],
  }
  const fixed = fixedFields(fields, safeFixes(contact, record(fields), allowed))
  expect(fixed).not.toEqual(fields)
  expect(safeFixes(contact, record(fixed), allowed)).toEqual([])
})
