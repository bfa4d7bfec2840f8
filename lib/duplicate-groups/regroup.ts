import { isDeepStrictEqual } from 'node:util'
import { closedGroup } from '#lib/duplicate-groups/close-group.ts'
import { groupApart } from '#lib/duplicate-groups/group-apart.ts'
import { writeNotes } from '#lib/duplicate-groups/write-notes.ts'
import type { DuplicatePair } from '#lib/duplicates/types.ts'
import { unavailable } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import {
  dropGroup,
  dropMembership,
  putGroup,
  putMembership,
  readDuplicateNotes,
  readGroup,
  type StoredGroup,
  type StoredPair,
} from '#lib/store/duplicate-items.ts'
import type { Step } from '#lib/store/transaction.ts'

/** What is stored around some records: the pairs that hold them together and the open groups that name them. */
type Region = {
  pairs: DuplicatePair[]
  refused: Set<string>
  groups: Map<string, StoredGroup | undefined>
  namedBy: Map<string, Set<string>>
  reached: string[]
}

type Work = Pick<Context, 'store'>

/** Members of a group are looked up 20 at a time. */
const parallel = 20
/** 5 rounds with other workers on the same records; each sees what those before it wrote. */
const rounds = 5

/**
 * Makes the open groups around some records what their pairs say. Safe to repeat and to run beside others: whoever writes
 * last looks again, and finds nothing to do only when groups and pairs agree.
 * @returns every record that has to do with them.
 */
export async function regroup(ctx: Work, object: string, ids: readonly string[]): Promise<string[]> {
  for (let round = 0; round < rounds; round++) {
    const region = await explore(ctx, ids)
    const { first, then } = await changes(ctx, object, region)
    if (first.length === 0 && then.length === 0) return region.reached
    await writeNotes(ctx.store, first)
    await writeNotes(ctx.store, then)
  }
  throw unavailable('The groups of duplicates are being changed by others. Try again shortly.')
}

/** The id of the group of these members: the same members are the same group, whoever finds them. */
export function groupIdOf(object: string, members: readonly string[]): string {
  return derivedId('dup', { at: new Date(0), seed: [object, ...members].join(' ') })
}

/** Follows pairs and group memberships from record to record until there are no more. */
async function explore({ store }: Work, ids: readonly string[]): Promise<Region> {
  const pairs = new Map<string, DuplicatePair>()
  const refused = new Set<string>()
  const groups = new Map<string, StoredGroup | undefined>()
  const namedBy = new Map<string, Set<string>>()
  const seen = new Set<string>(ids)
  for (let next = [...seen]; next.length > 0; ) {
    const batch = next.splice(0, parallel)
    const notes = await Promise.all(batch.map(async id => ({ id, ...(await readDuplicateNotes(store, id)) })))
    for (const { id, groupIds } of notes)
      for (const groupId of groupIds) namedBy.set(groupId, (namedBy.get(groupId) ?? new Set()).add(id))
    const known = notes.flatMap(note => note.pairs)
    const likely = known.filter(({ state }) => state === 'likely')
    for (const pair of likely) pairs.set(keyOf(pair), toPair(pair))
    for (const pair of known) if (pair.state === 'refused') refused.add(keyOf(pair))
    const unread = [...namedBy.keys()].filter(id => !groups.has(id))
    const read = await Promise.all(unread.map(async id => [id, await readGroup(store, id)] as const))
    for (const [id, group] of read) groups.set(id, group)
    const reached = [...likely.map(({ other }) => other), ...read.flatMap(([, group]) => group?.members ?? [])]
    for (const id of reached)
      if (!seen.has(id)) {
        seen.add(id)
        next.push(id)
      }
  }
  return { pairs: [...pairs.values()], refused, groups, namedBy, reached: [...seen] }
}

/** A record knows its groups before they are there and until they are gone, so that none can be lost by an interruption. */
async function changes(ctx: Work, object: string, { pairs, refused, groups, namedBy }: Region) {
  const table = ctx.store.table.name
  const wanted = new Map(
    groupApart(pairs, refused).map(({ members, score, verdict, reasons }): [string, StoredGroup] => {
      const id = groupIdOf(object, members)
      return [id, { id, object, status: 'open', members, score, verdict, reasons }]
    }),
  )
  const first: Step[] = []
  const then: Step[] = []
  for (const [id, group] of wanted) {
    const stored = groups.has(id) ? groups.get(id) : await readGroup(ctx.store, id)
    const named = namedBy.get(id)
    const missing = group.members.filter(member => !named?.has(member))
    first.push(...missing.map(member => putMembership(table, member, id)))
    if (!isDeepStrictEqual(stored, group)) then.push(putGroup(table, group))
  }
  for (const [id, members] of namedBy) {
    if (wanted.has(id)) continue
    const group = groups.get(id)
    if (group?.status === 'open') first.push(await endOf(ctx, group))
    then.push(...[...members].map(member => dropMembership(table, member, id)))
  }
  return { first, then }
}

/** A group whose members were merged is kept as such; one that is simply no more is removed. */
async function endOf(ctx: Work, group: StoredGroup): Promise<Step> {
  const table = ctx.store.table.name
  const closed = await closedGroup(ctx, group)
  return closed ? putGroup(table, closed) : dropGroup(table, group.id)
}

/** Both ids of a pair in rising order. */
export function keyOf({ id, other }: StoredPair): string {
  return id < other ? `${id} ${other}` : `${other} ${id}`
}

/** A pair as it was found, whichever of its records it is kept with. */
export function toPair({ id, other, score, verdict, reasons }: StoredPair): DuplicatePair {
  const [a, b] = id < other ? [id, other] : [other, id]
  return { a, b, score, verdict, reasons }
}
