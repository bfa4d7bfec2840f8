import { describe, expect, it } from 'vitest'
import type { FieldOf } from '#schemas/definition.ts'
import { checkField, label } from './check-field.ts'

const externalIds: FieldOf<'list'> = {
  type: 'list',
  label,
  unique: true,
  entryKey: ['system', 'id'],
  maxItems: 3,
  fields: {
    system: { type: 'text', required: true, label, pattern: { regex: '[a-z]+', message: 'use letters' } },
    id: { type: 'text', required: true, label },
    seenAt: { type: 'dateTime', label },
    note: { type: 'text', label },
  },
}
const keyless: FieldOf<'list'> = { type: 'list', label, maxItems: 5, fields: { name: { type: 'text', label } } }
const erp = { system: 'erp', id: '1' }

describe('list', () => {
  it.each([
    ['an entry', [erp], [erp]],
    [
      'parts are stored as their types do',
      [{ ...erp, seenAt: '2026-01-01T08:00:00+08:00' }],
      [{ ...erp, seenAt: '2026-01-01T00:00:00.000Z' }],
    ],
    ['empty parts are left out', [{ ...erp, note: ' ', seenAt: null }], [erp]],
    ['no entries', [], 'cleared'],
    ['equal parts of different entries', [erp, { system: 'shop', id: '1' }], [erp, { system: 'shop', id: '1' }]],
    ['the same key twice', [erp, { ...erp, note: 'x' }], '/value repeated_entry'],
    ['the same key after tidying', [erp, { system: 'erp', id: ' 1 ' }], '/value repeated_entry'],
    ['a missing part', [{ system: 'erp' }], '/value/0/id required'],
    ['an empty part', [{ system: 'erp', id: '' }], '/value/0/id required'],
    ['a blank part', [{ system: 'erp', id: ' ' }], '/value/0/id required'],
    ['a null part', [{ system: 'erp', id: null }], '/value/0/id required'],
    ['an empty entry', [{}], '/value/0/system required, /value/0/id required'],
    ['a malformed part of the second entry', [erp, { system: 'E', id: '1' }], '/value/1/system invalid_format'],
    ['a part of another type', [{ system: 'erp', id: 5 }], '/value/0/id invalid_type'],
    ['a part that is not defined', [{ ...erp, extra: 1 }], '/value/0/extra unknown_field'],
    ['a text for an entry', ['erp:1'], '/value/0 invalid_type'],
    ['an object for a list', erp, '/value invalid_type'],
    ['more entries than fit', Array.from({ length: 4 }, (_, i) => ({ system: 'erp', id: `${i}` })), '/value too_big'],
    ['100,000 entries', Array.from({ length: 100_000 }, () => ({})), '/value too_big'],
  ])('%s', async (_what, value, stored) => {
    expect(await checkField(externalIds, value)).toEqual(stored)
  })

  it('entries without a key may repeat', async () => {
    expect(await checkField(keyless, [{ name: 'a' }, { name: 'a' }])).toEqual([{ name: 'a' }, { name: 'a' }])
  })
})
