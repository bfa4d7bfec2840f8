import type { Actor } from '#lib/permissions/actor.ts'
import { ownerOf } from '#lib/records/owner-of.ts'
import { canTake, isAdministrator } from '#lib/refresh/people.ts'
import type { AssignmentReason } from '#lib/refresh/refresh-outcome.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A record to be verified. */
export type Due = { object: ObjectDefinition; record: StoredRecord }

/** Who has what to do already, and when there is room for more. */
export type Desk = {
  people: ReadonlyMap<string, Actor>
  /** Roles that programs have. */
  programRoles: ReadonlySet<string>
  /** Ends of the working days on which tasks may be due. */
  days: readonly string[]
  perOwnerPerDay: number
  /** Verification tasks that a person has already, for each of the days. */
  taken: ReadonlyMap<string, readonly number[]>
  /** Open tasks of a person, of any kind: what sharing out goes by. */
  load: ReadonlyMap<string, number>
}

/** To whom a record goes, or why to nobody. */
export type Assignment = Due &
  (
    | { outcome: 'assigned'; assignee: Actor; dueAt: string; reason: AssignmentReason; shared?: Shared }
    | { outcome: 'unassigned' | 'noRoom' }
  )

/** What sharing out went by: how many could have got it, and what the one who did had to do. */
export type Shared = { candidates: number; openTasks: number }

type Staff = Pick<Desk, 'people' | 'programRoles'>
type Counted = { taken: number[]; load: number }

/**
 * Gives each record to its owner, else to whoever may change it and has the least to do, and spreads the days evenly: the
 * first record given gets the earliest day. Owners come first, so that nobody's own work is crowded out. Pure: the same input
 * gives the same tasks.
 * @param due most urgent first.
 * @returns one for each record, in the same order.
 */
export function assignTasks(desk: Desk, due: readonly Due[]): Assignment[] {
  const counts = new Map([...desk.people.keys()].map(id => [id, countedFor(desk, id)]))
  const given = new Map<string, Assignment>()
  const wanting: [Due, AssignmentReason][] = []
  for (const each of due) {
    const owner = capableOwner(desk, each)
    if (typeof owner === 'string') wanting.push([each, owner])
    else given.set(each.record.id, give(desk, counts, { due: each, assignee: owner, reason: 'owner' }))
  }
  for (const [each, reason] of wanting) given.set(each.record.id, share(desk, counts, each, reason))
  return due.flatMap(({ record }) => given.get(record.id) ?? [])
}

/** Why a record's owner does not do it; the owner, when they do. */
export function capableOwner({ people }: Pick<Desk, 'people'>, { object, record }: Due): Actor | AssignmentReason {
  const ownerId = ownerOf({ definition: object }, record)
  if (ownerId === undefined) return 'ownerless'
  const owner = people.get(ownerId)
  if (!owner) return 'ownerLeft'
  return canTake(owner, object, record) ? owner : 'ownerMayNot'
}

/**
 * Those who may take a record that its owner does not. Who runs the tenant comes second, and who has the role of a program
 * last: their rights reach far, but the records are not their work.
 */
export function candidatesFor({ people, programRoles }: Staff, { object, record }: Due): Actor[][] {
  const tiers: Actor[][] = [[], [], []]
  for (const actor of people.values()) {
    if (!canTake(actor, object, record)) continue
    const tier = programRoles.has(actor.roleId) ? 2 : isAdministrator(actor) ? 1 : 0
    tiers[tier]?.push(actor)
  }
  return tiers.filter(tier => tier.length > 0)
}

function share(desk: Desk, counts: Counts, due: Due, reason: AssignmentReason): Assignment {
  const tiers = candidatesFor(desk, due)
  if (tiers.length === 0) return { ...due, outcome: 'unassigned' }
  for (const tier of tiers) {
    const free = tier.filter(({ id }) => earliestDay(desk, counts.get(id)) !== undefined)
    const assignee = free.toSorted((a, b) => loadOf(counts, a) - loadOf(counts, b) || (a.id < b.id ? -1 : 1))[0]
    if (!assignee) continue
    const shared = { candidates: free.length, openTasks: loadOf(counts, assignee) }
    return give(desk, counts, { due, assignee, reason, shared })
  }
  return { ...due, outcome: 'noRoom' }
}

type Counts = ReadonlyMap<string, Counted>
type Gift = { due: Due; assignee: Actor; reason: AssignmentReason; shared?: Shared }

function give(desk: Desk, counts: Counts, { due, ...gift }: Gift): Assignment {
  const count = counts.get(gift.assignee.id)
  const day = earliestDay(desk, count)
  const dueAt = day === undefined ? undefined : desk.days[day]
  if (!count || day === undefined || dueAt === undefined) return { ...due, outcome: 'noRoom' }
  count.taken[day] = (count.taken[day] ?? 0) + 1
  count.load += 1
  return { ...due, ...gift, outcome: 'assigned', dueAt }
}

/** The day with the fewest tasks, the earliest of those; undefined when all are full. */
function earliestDay({ days, perOwnerPerDay }: Desk, count: Counted | undefined): number | undefined {
  let best: number | undefined
  let fewest = perOwnerPerDay
  for (let day = 0; day < days.length; day++) {
    const tasks = count?.taken[day] ?? 0
    if (tasks >= fewest) continue
    best = day
    fewest = tasks
  }
  return best
}

function countedFor({ taken, load }: Desk, id: string): Counted {
  return { taken: [...(taken.get(id) ?? [])], load: load.get(id) ?? 0 }
}

function loadOf(counts: Counts, { id }: Actor): number {
  return counts.get(id)?.load ?? 0
}
