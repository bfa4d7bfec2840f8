import { boundOwners, boundSummary, largestKeys } from '#lib/quality-report/bound-parts.ts'
import {
  addOwners,
  addTallies,
  emptyTally,
  type OwnerSummary,
  type QualitySummary,
} from '#lib/quality-report/summary.ts'

/** Part of a snapshot that has the records of the whole tenant. */
export const tenantPart = 'tenant'

/** Some records of a snapshot, by object: all of the tenant, or those of a team or an owner. `owners`: whose they are. */
export type SnapshotPart = { part: string; owners: string[]; objects: Record<string, OwnerSummary> }

/** 500 owners have a part each; the others share one. */
const mostOwners = 500

/**
 * What a snapshot keeps of a summary: a part for each owner, then one for each team, the whole tenant last. `teams` are the
 * teams of owners, by user id.
 */
export function snapshotParts(summary: QualitySummary, teams: ReadonlyMap<string, string>): SnapshotPart[] {
  const kept = new Set(largestKeys(countsByOwner(summary), mostOwners))
  const byOwner = new Map<string, SnapshotPart>()
  const byTeam = new Map<string, SnapshotPart>()
  const tenant: SnapshotPart = { part: tenantPart, owners: [], objects: {} }
  for (const [object, owners] of Object.entries(summary)) {
    for (const [owner, its] of Object.entries(boundOwners(owners, kept)))
      add(partOf(byOwner, owner), object, owner, its)
    for (const [owner, its] of Object.entries(owners)) {
      const team = teams.get(owner)
      if (team) add(partOf(byTeam, team), object, kept.has(owner) ? owner : undefined, its)
      add(tenant, object, undefined, its)
    }
  }
  tenant.owners = [...byOwner.keys()]
  return [...byOwner.values(), ...byTeam.values(), tenant].map(bounded)
}

function add(to: SnapshotPart, object: string, owner: string | undefined, summary: OwnerSummary): void {
  const known = to.objects[object]
  to.objects[object] = known ? addOwners(known, summary) : summary
  if (owner !== undefined && !to.owners.includes(owner)) to.owners.push(owner)
}

function partOf(parts: Map<string, SnapshotPart>, part: string): SnapshotPart {
  const known = parts.get(part) ?? { part, owners: [], objects: {} }
  parts.set(part, known)
  return known
}

function bounded({ part, owners, objects }: SnapshotPart): SnapshotPart {
  const small = Object.entries(objects).map(([object, summary]) => [object, boundSummary(summary)])
  return { part, owners: owners.toSorted(), objects: Object.fromEntries(small) }
}

function countsByOwner(summary: QualitySummary) {
  const totals: Record<string, { count: number }> = {}
  for (const owners of Object.values(summary))
    for (const [owner, { total }] of Object.entries(owners))
      totals[owner] = addTallies({ ...emptyTally(), ...totals[owner] }, total)
  return totals
}
