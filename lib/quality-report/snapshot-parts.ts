import { boundOwners, boundSums, boundTallies, largestKeys } from '#lib/quality-report/bound-parts.ts'
import {
  addSums,
  addTallies,
  emptySums,
  emptyTally,
  type PartSums,
  type QualitySummary,
  type Tally,
} from '#lib/quality-report/summary.ts'

/** Part of a snapshot that has the records of the whole tenant. */
export const tenantPart = 'tenant'

/** Some records of a snapshot, by object: all of the tenant, or those of a team or an owner. `owners`: whose they are. */
export type SnapshotPart = { part: string; owners: string[]; objects: Record<string, PartSummary> }

/** The sums of a part's records of one object; of a team also each owner's records in it, which need not be all they own. */
type PartSummary = PartSums & { byOwner: Record<string, Tally> }

/** 500 owners have a part each; the others share one. */
const mostOwners = 500
/** 200 owners of a team: with every rule that a record can break they take half of what a record holds. */
const mostMembers = 200

/**
 * What a snapshot keeps of a summary: a part for each owner, then one for each team, the whole tenant last. A team has the
 * records that are its own, as for reading them: not those that its people own elsewhere.
 */
export function snapshotParts(summary: QualitySummary): SnapshotPart[] {
  const kept = new Set(largestKeys(countsByOwner(summary), mostOwners))
  const byOwner = new Map<string, SnapshotPart>()
  const byTeam = new Map<string, SnapshotPart>()
  const tenant: SnapshotPart = { part: tenantPart, owners: [], objects: {} }
  for (const [object, owners] of Object.entries(summary)) {
    for (const [owner, its] of Object.entries(boundOwners(owners, kept)))
      add(partOf(byOwner, owner), object, owner, its)
    for (const [owner, its] of Object.entries(owners)) {
      for (const [team, theirs] of Object.entries(its.teams)) {
        const { byOwner: members } = add(partOf(byTeam, team), object, kept.has(owner) ? owner : undefined, theirs)
        members[owner] = theirs.total
      }
      add(tenant, object, undefined, its)
    }
  }
  tenant.owners = [...byOwner.keys()]
  return [...byOwner.values(), ...byTeam.values(), tenant].map(bounded)
}

function add(to: SnapshotPart, object: string, owner: string | undefined, sums: PartSums): PartSummary {
  const { byOwner, ...known } = to.objects[object] ?? { ...emptySums(), byOwner: {} }
  const sum = { ...addSums(known, sums), byOwner }
  to.objects[object] = sum
  if (owner !== undefined && !to.owners.includes(owner)) to.owners.push(owner)
  return sum
}

function partOf(parts: Map<string, SnapshotPart>, part: string): SnapshotPart {
  const known = parts.get(part) ?? { part, owners: [], objects: {} }
  parts.set(part, known)
  return known
}

function bounded({ part, owners, objects }: SnapshotPart): SnapshotPart {
  const small = Object.entries(objects).map(([object, { byOwner, ...sums }]) => [
    object,
    { ...boundSums(sums), byOwner: boundTallies(byOwner, mostMembers) },
  ])
  return { part, owners: owners.toSorted(), objects: Object.fromEntries(small) }
}

function countsByOwner(summary: QualitySummary) {
  const totals: Record<string, { count: number }> = {}
  for (const owners of Object.values(summary))
    for (const [owner, { total }] of Object.entries(owners))
      totals[owner] = addTallies({ ...emptyTally(), ...totals[owner] }, total)
  return totals
}
