import type { Accuracy } from '#lib/audit/accuracy.ts'
import { readAuditAccuracy } from '#lib/audit/read-audit-accuracy.ts'
import { namesOf } from '#lib/quality-report/group-quality.ts'
import { qualityScopes } from '#lib/quality-report/quality-scope.ts'
import { type Period, readDetail } from '#lib/quality-report/read-snapshots.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import { readRecords } from '#lib/store/read.ts'
import type { QualityAudit } from '#schemas/api/quality.ts'

/** Records of a sample that people looked at. */
type Checked = { ownerId: string; checked: number; wrong: number }

/**
 * What people found in the samples of the months of a period, of the owners whose records the actor may see; the latest
 * first. A leader sees it of the team's people who own records of the team. A sample has records of every kind, so who sees only their own of one kind sees only their own results.
 */
export async function auditQuality(
  ctx: Context,
  { period, runId }: { period: Period; runId: string },
): Promise<QualityAudit[]> {
  const isSeen = await ownersSeen(ctx, runId)
  // Audits are of the tenant's months.
  const monthAt = (time: string) => localDate(new Date(time), ctx.tenant.timeZone).slice(0, 7)
  const months = await readAuditAccuracy(ctx, { from: monthAt(period.from), to: monthAt(period.to) })
  const seen = months.map(month => ({ ...month, owners: month.accuracy.byOwner.filter(isChecked).filter(isSeen) }))
  const names = await namesOf(ctx, [...new Set(seen.flatMap(({ owners }) => owners.map(({ ownerId }) => ownerId)))])
  const audits = seen.flatMap(({ auditId: id, month, owners }): QualityAudit[] => {
    if (owners.length === 0) return []
    const total = owners.reduce((sum, owner) => added(sum, owner), { ownerId: '', checked: 0, wrong: 0 })
    const byOwner = owners.map(owner => ({
      key: owner.ownerId,
      title: names.get(owner.ownerId) ?? owner.ownerId,
      ...share(owner),
    }))
    return [{ id, month, ...share(total), owners: byOwner }]
  })
  return audits.toReversed()
}

function isChecked({ checked }: Accuracy): boolean {
  return checked > 0
}

async function ownersSeen(ctx: Context, runId: string): Promise<(owner: { ownerId: string }) => boolean> {
  const { actor, objects } = ctx
  const scopes = qualityScopes(ctx)
  const reachesEverything = scopes.length === objects.all.filter(({ system }) => !system).length
  if (reachesEverything && scopes.every(({ scope }) => scope === 'all')) return () => true
  const isLeader = reachesEverything && scopes.every(({ scope }) => scope !== 'own') && actor.teamId !== undefined
  const team = isLeader && actor.teamId ? await readDetail(ctx, runId, actor.teamId) : undefined
  const owners = await readRecords(ctx.store, team?.owners ?? [])
  const members = [...owners.values()].filter(({ fields }) => fields['teamId'] === actor.teamId)
  const seen = new Set([actor.id, ...members.map(({ id }) => id)])
  return ({ ownerId }) => seen.has(ownerId)
}

function added(a: Checked, b: Checked): Checked {
  return { ...a, checked: a.checked + b.checked, wrong: a.wrong + b.wrong }
}

/** To three places. */
function share({ checked, wrong }: Checked) {
  return { checked, wrong, accuracy: Math.round(((checked - wrong) / checked) * 1_000) / 1_000 }
}
