import { describe, expect, it } from 'vitest'
import { defineObject, type FieldDefinition } from '#schemas/definition.ts'
import { createRegistry, standardObjects } from '#schemas/registry.ts'
import { seedRoles } from '#schemas/seeds/roles.ts'
import { role } from '#schemas/system/role.ts'
import { team } from '#schemas/system/team.ts'
import { user } from '#schemas/system/user.ts'

const label = { en: 'x', zh: 'x' }
const thing = (name: string, prefix: string, extra: Record<string, FieldDefinition> = {}) =>
  defineObject({
    name,
    plural: `${name}s`,
    prefix,
    label,
    pluralLabel: label,
    titleField: 'subject',
    fields: { subject: { type: 'text', label }, ...extra },
  })

describe('createRegistry', () => {
  it('finds an object by name, plural and prefix', () => {
    const ticket = thing('ticket', 'tick')
    const registry = createRegistry([ticket])
    expect([registry.byName.get('ticket'), registry.byPlural.get('tickets'), registry.byPrefix.get('tick')]).toEqual([
      ticket,
      ticket,
      ticket,
    ])
  })

  it.each([
    ['name', [thing('ticket', 'tick'), thing('ticket', 'tack')], 'ticket: its name "ticket" is taken'],
    ['prefix', [thing('ticket', 'tick'), thing('task', 'tick')], 'task: its prefix "tick" is taken by ticket'],
    [
      'plural',
      [thing('ticket', 'tick'), { ...thing('task', 'task'), plural: 'tickets' }],
      'task: its plural "tickets" is taken',
    ],
    [
      'reference',
      [thing('ticket', 'tick', { orderId: { type: 'reference', to: 'order', label } })],
      'ticket.orderId: refers to "order"',
    ],
    [
      'reference in a list',
      [
        thing('ticket', 'tick', {
          lines: { type: 'list', label, maxItems: 5, fields: { orderId: { type: 'reference', to: 'order', label } } },
        }),
      ],
      'ticket.lines.orderId: refers to "order"',
    ],
    [
      'user field without users',
      [thing('ticket', 'tick', { ownerId: { type: 'user', label } })],
      'ticket.ownerId: refers to "user"',
    ],
  ])('a bad %s is refused with its place', (_what, definitions, message) => {
    expect(() => createRegistry(definitions)).toThrow(message)
  })

  it('finds nothing by a name of the prototype', () => {
    expect(createRegistry([user, role, team]).byPlural.get('constructor')).toBeUndefined()
  })
})

describe('the seeded roles', () => {
  it('name objects and fields that exist', () => {
    const places = seedRoles.flatMap(seeded => [
      ...seeded.permissions.map(({ object }) => object),
      ...(seeded.fieldAccess ?? []).map(({ object, field }) => `${object}.${field}`),
    ])
    const known = new Set(
      standardObjects.all.flatMap(({ name, fields }) => [
        name,
        ...Object.keys(fields).map(field => `${name}.${field}`),
      ]),
    )
    expect(places.filter(place => !known.has(place))).toEqual([])
  })

  it('give nobody but the admin a write to users, roles or teams', () => {
    const writers = seedRoles.filter(({ permissions }) =>
      permissions.some(
        ({ object, create, update, delete: remove }) =>
          ['user', 'role', 'team'].includes(object) && [create, update, remove].some(scope => scope !== 'none'),
      ),
    )
    expect(writers.map(({ name }) => name)).toEqual(['admin'])
  })
})
