import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Actor, RoleRules, Scope } from '#lib/permissions/actor.ts'
import { type Assignment, assignTasks, type Desk, type Due } from '#lib/refresh/assign-tasks.ts'
import { workingDays } from '#lib/refresh/working-days.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

const scopes = (customers: Scope, contacts: Scope, users: Scope = 'none') =>
  new Map(
    [
      ['customer', customers] as const,
      ['contact', contacts] as const,
      ['activity', 'own' as const] as const,
      ['user', users] as const,
    ].map(([object, scope]) => [object, { create: scope, read: scope, update: scope, delete: scope }] as const),
  )
const role = (name: string, rules: RoleRules['scopes']): RoleRules => ({ name, scopes: rules, fields: new Map() })
const roles = {
  admin: role('admin', scopes('all', 'all', 'all')),
  manager: role('manager', scopes('team', 'team')),
  rep: role('rep', scopes('own', 'own')),
  service: role('service', scopes('none', 'all')),
}
const person = (id: string, of: keyof typeof roles, teamId?: string): Actor => ({
  id,
  name: id,
  email: '',
  teamId,
  roleId: of,
  role: roles[of],
})
const staff = [
  person('admin', 'admin'),
  person('boss', 'manager', 'east'),
  person('li', 'rep', 'east'),
  person('wu', 'rep', 'west'),
  person('help', 'service', 'east'),
  person('help2', 'service', 'east'),
]
const days = workingDays(new Date('2026-03-26T02:00:00Z'), { days: 14, timeZone: 'Asia/Shanghai' })
const desk = (more: Partial<Desk> = {}): Desk => ({
  people: new Map(staff.map(each => [each.id, each])),
  programRoles: new Set(['program']),
  days,
  perOwnerPerDay: 2,
  taken: new Map(),
  load: new Map(),
  ...more,
})
const stored = (id: string, object: string, fields: StoredRecord['fields']): StoredRecord => ({
  id,
  object,
  version: 1,
  fields,
  createdAt: '2025-01-01T00:00:00.000Z',
  createdBy: 'x',
  updatedAt: '2025-01-01T00:00:00.000Z',
  updatedBy: 'x',
})
const of = (id: string, ownerId?: string, more: { object?: typeof customer; teamId?: string } = {}): Due => {
  const { object = customer, teamId } = more
  return { object, record: stored(id, object.name, { ...(ownerId && { ownerId }), ...(teamId && { teamId }) }) }
}
const told = (assignment: Assignment | undefined) =>
  assignment?.outcome === 'assigned'
    ? [assignment.assignee.id, assignment.reason, days.indexOf(assignment.dueAt)]
    : [assignment?.outcome]
const all = (due: Due[], more: Partial<Desk> = {}) => assignTasks(desk(more), due).map(told)

describe('who verifies a record', () => {
  it.each<[string, Due, (string | number | undefined)[]]>([
    ['its owner', of('a', 'li'), ['li', 'owner', 0]],
    ['without an owner, the manager of its team', of('a', undefined, { teamId: 'east' }), ['boss', 'ownerless', 0]],
    ['without owner and team, only who may change all', of('a'), ['admin', 'ownerless', 0]],
    ['whose owner has left, the manager of its team', of('a', 'gone', { teamId: 'east' }), ['boss', 'ownerLeft', 0]],
    ['whose owner may not change it, somebody who may', of('a', 'help'), ['admin', 'ownerMayNot', 0]],
    ['that is a contact of nobody, the service', of('a', undefined, { object: contact }), ['help', 'ownerless', 0]],
  ])('%s', (_who, due, expected) => {
    expect(all([due])).toEqual([expected])
  })

  it('somebody who may have tasks, where its owner may not', () => {
    const plain = { ...roles.rep, scopes: new Map([...roles.rep.scopes].filter(([object]) => object !== 'activity')) }
    const people = new Map([...staff, { ...person('mo', 'rep', 'east'), role: plain }].map(each => [each.id, each]))
    expect(all([of('a', 'mo', { teamId: 'east' })], { people })).toEqual([['boss', 'ownerMayNot', 0]])
  })

  it('nobody, where nobody may change it', () => {
    const people = new Map(staff.filter(({ id }) => id !== 'admin').map(each => [each.id, each]))
    expect(all([of('a')], { people })).toEqual([['unassigned']])
  })

  it('the one with the least to do, then turn by turn', () => {
    const due = ['a', 'b', 'c', 'd'].map(id => of(id, undefined, { object: contact }))
    const given = all(due, { load: new Map([['help', 2]]) })
    expect(given.map(([who]) => who)).toEqual(['help2', 'help2', 'help', 'help2'])
  })

  it('is told among how many the choice was made, and what the one chosen had to do', () => {
    const [given] = assignTasks(
      desk({
        load: new Map([
          ['help', 3],
          ['help2', 1],
        ]),
      }),
      [of('a', undefined, { object: contact })],
    )
    expect(given).toMatchObject({ assignee: { id: 'help2' }, shared: { candidates: 2, openTasks: 1 } })
  })

  it('is nobody with the role of a program while anybody else has room', () => {
    const robot = { ...person('a-robot', 'service'), roleId: 'program' }
    const people = new Map([...staff, robot].map(each => [each.id, each]))
    const due = [of('a', undefined, { object: contact })]
    expect(all(due, { people })).toEqual([['help', 'ownerless', 0]])
    expect(all(due, { people: new Map([[robot.id, robot]]) })).toEqual([['a-robot', 'ownerless', 0]])
  })

  it('is somebody who runs the tenant only when all others have no room', () => {
    const full = new Map([
      ['help', days.map(() => 2)],
      ['help2', days.map(() => 2)],
    ])
    expect(all([of('a', undefined, { object: contact })], { taken: full })).toEqual([['admin', 'ownerless', 0]])
  })
})

describe('due dates', () => {
  it('go evenly over the days, the most urgent first', () => {
    const due = Array.from({ length: 12 }, (_, i) => of(`r${i}`, 'li'))
    expect(all(due).map(([, , day]) => day)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
  })

  it('leave days alone that are full already', () => {
    const taken = new Map([['li', [2, 0, 1, 2, 2, 2, 2, 2, 2, 2]]])
    expect(all([of('a', 'li'), of('b', 'li'), of('c', 'li'), of('d', 'li')], { taken })).toEqual([
      ['li', 'owner', 1],
      ['li', 'owner', 1],
      ['li', 'owner', 2],
      ['noRoom'],
    ])
  })

  it('of shared-out records never crowd out somebody’s own', () => {
    const own = Array.from({ length: 20 }, (_, i) => of(`own${i}`, 'boss', { teamId: 'east' }))
    const given = all([of('stray', undefined, { teamId: 'east' }), ...own])
    expect(given.slice(1).every(([who]) => who === 'boss')).toBe(true)
    expect(given[0]).toEqual(['admin', 'ownerless', 0])
  })
})

const owners = [undefined, 'li', 'wu', 'boss', 'gone', 'help']
const anyDue = fc
  .array(
    fc.record({
      owner: fc.constantFrom(...owners),
      team: fc.constantFrom(undefined, 'east', 'west'),
      isContact: fc.boolean(),
    }),
    {
      maxLength: 120,
    },
  )
  .map(rows =>
    rows.map(({ owner, team, isContact }, i) =>
      of(`r${i}`, owner, { ...(isContact && { object: contact }), ...(team && { teamId: team }) }),
    ),
  )
const anyTaken = fc.dictionary(
  fc.constantFrom('li', 'wu', 'boss', 'help', 'admin'),
  fc.array(fc.nat(3), { maxLength: 10 }),
)

describe('whatever there is to give out', () => {
  it('nobody gets more than a day allows, and each record has one answer', () => {
    fc.assert(
      fc.property(anyDue, anyTaken, fc.integer({ min: 1, max: 3 }), (due, before, perOwnerPerDay) => {
        const taken = new Map(Object.entries(before))
        const given = assignTasks(desk({ taken, perOwnerPerDay }), due)
        expect(given.map(({ record }) => record.id)).toEqual(due.map(({ record }) => record.id))
        const tasks = given.flatMap(each => (each.outcome === 'assigned' ? [`${each.assignee.id} ${each.dueAt}`] : []))
        for (const [key, { length }] of Map.groupBy(tasks, task => task)) {
          const [who = '', day = ''] = key.split(' ')
          expect((taken.get(who)?.[days.indexOf(day)] ?? 0) + length).toBeLessThanOrEqual(perOwnerPerDay)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('only who may change a record gets it, and it stays without one only where nobody has room or may', () => {
    fc.assert(
      fc.property(anyDue, due => {
        for (const given of assignTasks(desk({ perOwnerPerDay: 500 }), due)) {
          const may = staff.filter(actor => {
            const scope = actor.role.scopes.get(given.object.name)?.update
            const { ownerId, teamId } = given.record.fields
            const isOwn = ownerId === actor.id
            return (
              scope === 'all' || (scope === 'own' && isOwn) || (scope === 'team' && (isOwn || teamId === actor.teamId))
            )
          })
          expect(given.outcome === 'assigned' ? may.includes(given.assignee) : may.length === 0).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})
