import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CrmError } from '#lib/errors.ts'
import type { Actor, Scope } from '#lib/permissions/actor.ts'
import { commit } from '#lib/records/commit.ts'
import { compileObject } from '#lib/records/compile.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { readTimeline } from '#lib/records/operations/read-timeline.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { type BatchOperation, runBatch } from '#lib/records/operations/run-batch.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { standardObjects } from '#schemas/registry.ts'
import {
  type Cast,
  contextOf,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  testTenant,
} from '../../../support/table.ts'
import { allCells, type Cell, type Relation, relations, shouldAllow } from './access-oracle.ts'

let tables: Tables
let cast: Cast
let people: Record<string, Record<Relation, Actor>>
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  const { rep2: colleague, outsider: other, ...rest } = cast
  const { admin, manager, rep, service, auditor, integration } = rest
  const inEast = (own: Actor) => ({ own, team: colleague, other })
  people = {
    // The admin has no team, so nobody stands to it as a colleague.
    admin: { own: admin, team: other, other },
    manager: inEast(manager),
    rep: inEast(rep),
    service: inEast(service),
    auditor: inEast(auditor),
    integration: inEast(integration),
  }
})
afterAll(() => tables.stop())

const system = () => systemContext(tables)

/** Fields of a new record of an object that belongs to somebody. */
function fieldsFor(object: ObjectDefinition, owner: Actor): JsonObject {
  const unique = typeIds.next('x')
  const extra: Record<string, JsonObject> = {
    customer: { name: 'x', ownerId: owner.id },
    contact: { name: 'x', ownerId: owner.id },
    activity: { type: 'call', subject: 'x', assigneeId: owner.id },
    user: { name: 'x', email: `${unique}@example.com`, roleId: cast.roles['rep'] ?? '' },
    role: {
      name: unique,
      permissions: [{ object: 'customer', create: 'none', read: 'none', update: 'none', delete: 'none' }],
    },
    team: { name: unique },
    reminder: { message: 'x', dueAt: '2099-03-02T09:00:00', assigneeId: owner.id },
  }
  return extra[object.name] ?? {}
}

/** A record that stands so to the actor. Users own themselves: the actor's own record is the actor. */
async function recordFor({ object, relation }: Cell, who: Record<Relation, Actor>): Promise<string> {
  const isSelf = object.ownerField === 'id'
  if (object.readOnly) return made(object, who[relation])
  return isSelf
    ? who[relation].id
    : (await createRecord(system(), { object, input: fieldsFor(object, who[relation]) })).id
}

/** A record that only a job of the product writes. */
async function made(object: ObjectDefinition, owner: Actor): Promise<string> {
  const id = typeIds.next(object.prefix)
  const at = new Date().toISOString()
  const by = { createdAt: at, createdBy: owner.id, updatedAt: at, updatedBy: owner.id }
  const team = object.teamField && owner.teamId ? { [object.teamField]: owner.teamId } : {}
  const fields = { [object.ownerField ?? '']: owner.id, ...team }
  const after = { id, object: object.name, version: 1, fields, ...by }
  await commit(system(), [{ object: compileObject(object, testTenant), before: undefined, after, action: 'created' }])
  return id
}

/** Whether some work was allowed; a refusal for what the actor may see is told apart from a crash. */
async function went(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    const refusals = ['not_found', 'invalid_owner']
    if (error instanceof CrmError && refusals.includes(error.errors[0]?.code ?? error.code)) return false
    throw error
  }
}

const one = async (results: Promise<{ error?: CrmError }[]>) => {
  const [result] = await results
  if (result?.error) throw result.error
}

type Way = (actor: Actor, cell: Cell, id: string) => Promise<unknown>
const nameField = (object: ObjectDefinition, value: string): JsonObject => ({ [object.titleField]: value })
const batch = (actor: Actor, object: ObjectDefinition, operation: BatchOperation, atomic: boolean) =>
  one(
    runBatch(contextOf(tables, actor), { object, atomic, operations: [operation] }) as Promise<{ error?: CrmError }[]>,
  )

/** Every way to do a verb: all must agree. */
const ways: Record<Cell['verb'], Record<string, Way>> = {
  create: {
    create: (actor, { object, relation, role }) =>
      createRecord(contextOf(tables, actor), { object, input: fieldsFor(object, ownerIn(role, relation)) }),
    batch: (actor, { object, relation, role }) =>
      batch(actor, object, { op: 'create', record: fieldsFor(object, ownerIn(role, relation)) }, false),
    'atomic batch': (actor, { object, relation, role }) =>
      batch(actor, object, { op: 'create', record: fieldsFor(object, ownerIn(role, relation)) }, true),
  },
  read: {
    get: (actor, { object }, id) => getRecord(contextOf(tables, actor), { object, id }),
    'get as of': (actor, { object }, id) =>
      getRecord(contextOf(tables, actor), { object, id, asOf: '2999-01-01T00:00:00Z' }),
    batch: (actor, { object }, id) => batch(actor, object, { op: 'get', id }, false),
    history: (actor, { object }, id) => readHistory(contextOf(tables, actor), { object, id, limit: 5 }),
    timeline: (actor, { object }, id) => readTimeline(contextOf(tables, actor), { object, id, limit: 5 }),
  },
  update: {
    update: (actor, { object }, id) =>
      updateRecord(contextOf(tables, actor), { object, id, patch: nameField(object, typeIds.next('u')) }),
    batch: (actor, { object }, id) =>
      batch(actor, object, { op: 'update', id, patch: nameField(object, typeIds.next('u')) }, false),
    'atomic batch': (actor, { object }, id) =>
      batch(actor, object, { op: 'update', id, patch: nameField(object, typeIds.next('u')) }, true),
    revert: (actor, { object }, id) =>
      revertRecord(contextOf(tables, actor), { object, id, toVersion: 1, dryRun: true }),
  },
  delete: {
    'dry run': (actor, { object }, id) => removeRecord(contextOf(tables, actor), { object, id, dryRun: true }),
    delete: (actor, { object }, id) => removeRecord(contextOf(tables, actor), { object, id }),
    restore: (actor, { object }, id) => restoreRecord(contextOf(tables, actor), { object, id }),
    batch: (actor, { object }, id) => batch(actor, object, { op: 'delete', id }, false),
  },
}

function ownerIn(role: string, relation: Relation): Actor {
  return people[role]?.[relation] ?? cast.admin
}

/** Where a record must be for a list to show it. */
const leaveIn = {
  read: async () => undefined,
  delete: (object: ObjectDefinition, id: string) => removeRecord(system(), { object, id }),
}

/** Ids in a list, all pages of it; none where the role does not reach the object. */
async function listed(actor: Actor, object: ObjectDefinition, trash: boolean): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 200, trash, cursor }
    const page = await findRecords(contextOf(tables, actor), { object, query }).catch(noneIfOutOfReach)
    ids.push(...page.items.map(item => String(item['id'])))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return ids
}

function noneIfOutOfReach(error: CrmError): { items: JsonObject[]; nextCursor?: string } {
  if (error.code === 'not_found') return { items: [] }
  throw error
}

/** Puts the record where the way expects it, whatever became of it before. */
async function prepare({ object, verb }: Cell, id: string, way: string): Promise<void> {
  if (verb !== 'delete' || object.readOnly) return
  await restoreRecord(system(), { object, id })
  if (way === 'restore') await removeRecord(system(), { object, id })
}

/** Ways of a cell that the engine handles otherwise than the oracle says. `play` gives the actor that plays a role. */
async function differences(cell: Cell, play: (role: string) => Actor): Promise<string[]> {
  const actor = play(cell.role)
  const who = people[cell.role]
  if (!who) throw new Error(`Nobody plays ${cell.role}`)
  const id = await recordFor(cell, who)
  const expected = shouldAllow(cell)
  const wrong: string[] = []
  for (const [name, way] of Object.entries(ways[cell.verb])) {
    await prepare(cell, id, name)
    const isAllowed = await went(() => way(actor, cell, id))
    if (isAllowed !== expected)
      wrong.push(`${cell.role} ${name} ${cell.object.name} (${cell.relation}): ${isAllowed}, not ${expected}`)
  }
  return wrong
}

/** The differences in many cells; several at a time, as each has a record of its own. */
async function differencesIn(all: readonly Cell[], play: (role: string) => Actor): Promise<string[]> {
  const queue = all.values()
  const wrong: string[] = []
  const worker = async () => {
    for (const cell of queue) wrong.push(...(await differences(cell, play)))
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  return wrong
}

/** Users cannot be deleted while they act in other cells, and nobody deletes or re-enables themselves: told apart elsewhere. */
const isPlayable = ({ object, verb }: Cell) => !(object.name === 'user' && verb === 'delete')
const cells = allCells(standardObjects.all).filter(isPlayable)
const seeded = (role: string): Actor => people[role]?.own ?? cast.admin

/** An actor whose role is doctored: one scope of one object is another. */
function doctored(role: string, object: string, verb: Cell['verb'], scope: Scope): (role: string) => Actor {
  return name => {
    const actor = seeded(name)
    const scopes = new Map(actor.role.scopes)
    const old = scopes.get(object)
    if (name === role && old) scopes.set(object, { ...old, [verb]: scope })
    return { ...actor, role: { ...actor.role, scopes } }
  }
}

describe('the access matrix', () => {
  it('every seeded role, object, verb and relation: the engine does what the role says, by every way', async () => {
    const wrong = await differencesIn(cells, seeded)
    const checks = cells.reduce((sum, cell) => sum + Object.keys(ways[cell.verb]).length, 0)
    console.log(`access matrix: ${cells.length} cells, ${checks} checks, ${wrong.length} differ from the roles`)
    expect(wrong).toEqual([])
    expect(cells.length).toBeGreaterThanOrEqual(400)
    // 5,000 checks, each with records of its own: more than the usual minute on a busy machine.
  }, 240_000)

  it.each<[string, string, Cell['verb'], Scope]>([
    ['rep', 'customer', 'read', 'team'],
    ['rep', 'contact', 'update', 'none'],
    ['rep', 'customer', 'delete', 'own'],
    ['manager', 'activity', 'read', 'all'],
    ['service', 'customer', 'create', 'own'],
    ['auditor', 'team', 'update', 'all'],
    ['integration', 'contact', 'delete', 'all'],
    ['admin', 'role', 'read', 'none'],
  ])('goes red when the %s’s %s.%s is %s instead', async (role, object, verb, scope) => {
    const touched = cells.filter(each => each.role === role && each.object.name === object && each.verb === verb)
    const wrong = await differencesIn(touched, doctored(role, object, verb, scope))
    expect(wrong.length).toBeGreaterThan(0)
  })

  it.each([
    ['a list shows', 'read'],
    ['the trash shows', 'delete'],
  ] as const)('%s each role exactly the records that it may see there', async (_what, verb) => {
    const objects = standardObjects.all.filter(
      ({ name, readOnly }) => name !== 'user' && !(readOnly && verb === 'delete'),
    )
    const wrong: string[] = []
    for (const object of objects)
      for (const [role, who] of Object.entries(people)) {
        const ids = new Map<Relation, string>()
        for (const relation of relations) ids.set(relation, await recordFor({ role, object, verb, relation }, who))
        for (const id of ids.values()) await leaveIn[verb](object, id)
        const seen = await listed(who.own, object, verb === 'delete')
        for (const [relation, id] of ids)
          wrong.push(
            ...[`${role} ${object.name} (${relation})`].filter(
              () => seen.includes(id) !== shouldAllow({ role, object, verb, relation }),
            ),
          )
      }
    expect(wrong).toEqual([])
  })

  it('a user is deleted by the admin alone, and not by themselves', async () => {
    const user = objectNamed('user')
    const make = async () => (await createRecord(system(), { object: user, input: fieldsFor(user, cast.rep) })).id
    const deleters: string[] = []
    for (const [role, { own }] of Object.entries(people)) {
      const id = await make()
      const isGone = await went(() => removeRecord(contextOf(tables, own), { object: user, id }))
      deleters.push(...[role].filter(() => isGone))
    }
    expect(deleters).toEqual(['admin'])
  })
})
