import { describe, expect, it } from 'vitest'
import { separateFields } from '#lib/merge/undo-fields.ts'
import type { Change } from '#lib/store/items.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { customer } from '#schemas/objects/customer.ts'

type Values = Json | undefined

const change = (field: string, old: Values, fresh: Values, version = 2): Change => ({
  id: 's',
  object: 'customer',
  version,
  action: 'merged',
  at: '',
  actorId: '',
  requestId: '',
  source: '',
  writeId: '',
  changes: { [field]: { ...(old !== undefined && { old }), ...(fresh !== undefined && { new: fresh }) } },
})
const fieldsOf = (field: string, value: Values): JsonObject => (value === undefined ? {} : { [field]: value })
const mail = (value: string, primary = false, more: JsonObject = {}) => ({
  value,
  primary,
  status: 'unverified',
  ...more,
})
const erp = (id: string) => ({ system: 'erp', id })

describe('taking a merge out of a field', () => {
  it.each<[what: string, field: string, before: Values, merged: Values, now: Values, after: Values, isKept: boolean]>([
    ['gives back the value before', 'name', '长青', '长青贸易', '长青贸易', '长青', false],
    ['takes away what the merge brought', 'tier', undefined, 'A', 'A', undefined, false],
    ['keeps what somebody wrote since', 'name', '长青', '长青贸易', '万年青', '万年青', true],
    ['keeps that somebody cleared it since', 'tier', 'B', 'A', undefined, undefined, true],
    ['counts a value that was written back as the value before', 'name', 'A', 'B', 'A', 'A', false],
    ['takes out the entries the merge brought', 'tags', ['x'], ['x', 'y'], ['x', 'y'], ['x'], false],
    ['and keeps those added since', 'tags', ['x'], ['x', 'y'], ['x', 'y', 'z'], ['x', 'z'], true],
    ['and keeps it that one was removed since', 'tags', ['x', 'w'], ['x', 'w', 'y'], ['w', 'y'], ['w'], true],
    ['until nothing is left', 'tags', ['x'], ['x', 'y'], ['y'], undefined, true],
    ['gives back a list that another was chosen over', 'tags', ['x'], ['y'], ['y'], ['x'], false],
    ['and what was added to the other since', 'tags', ['x'], ['y'], ['y', 'z'], ['x', 'z'], true],
    [
      'gives the survivor its primary address back',
      'emails',
      [mail('a@x.cn', true)],
      [mail('a@x.cn', true), mail('b@x.cn')],
      [mail('a@x.cn'), mail('b@x.cn', true)],
      [mail('a@x.cn', true)],
      false,
    ],
    [
      'keeps what was noted with an address since',
      'emails',
      [mail('a@x.cn', true)],
      [mail('a@x.cn', true), mail('b@x.cn')],
      [mail('a@x.cn', true, { label: 'work' }), mail('b@x.cn')],
      [mail('a@x.cn', true, { label: 'work' })],
      true,
    ],
    [
      'keeps an address of the other record that somebody worked on since',
      'emails',
      [mail('a@x.cn', true)],
      [mail('a@x.cn', true), mail('b@x.cn')],
      [mail('a@x.cn', true), mail('b@x.cn', false, { label: 'home' })],
      [mail('a@x.cn', true), mail('b@x.cn', false, { label: 'home' })],
      true,
    ],
    [
      'never keeps a unique entry, which goes back with its record',
      'externalIds',
      undefined,
      [erp('1')],
      [erp('1'), erp('2')],
      [erp('2')],
      true,
    ],
  ])('%s', (_, field, before, merged, now, after, isKept) => {
    const states = { merge: change(field, before, merged), merged: fieldsOf(field, merged), now: fieldsOf(field, now) }
    const { fields, kept } = separateFields(customer, { ...states, undoneSince: [] })
    expect(fields).toEqual(fieldsOf(field, after))
    expect(kept).toEqual(isKept ? [field] : [])
  })

  it('does not bring back what an earlier merge, undone since, had brought', () => {
    const earlier = change('name', '长青', '长青贸易', 2)
    const later = change('name', '长青贸易', '长青贸易有限公司', 3)
    const now = { name: '长青贸易有限公司' }
    const { fields, kept } = separateFields(customer, { merge: later, merged: now, now, undoneSince: [earlier] })
    expect({ fields, kept }).toEqual({ fields: { name: '长青' }, kept: [] })
  })

  it('leaves alone what the merge did not touch', () => {
    const states = { merge: change('name', 'A', 'B'), merged: { name: 'B' }, now: { name: 'B', tier: 'A' } }
    expect(separateFields(customer, { ...states, undoneSince: [] }).fields).toEqual({ name: 'A', tier: 'A' })
  })
})
