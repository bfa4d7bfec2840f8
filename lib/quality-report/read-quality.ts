import { invalidAt } from '#lib/errors.ts'
import { auditQuality } from '#lib/quality-report/audit-quality.ts'
import { type Grouping, groupQuality, isGroupable, viewTally } from '#lib/quality-report/group-quality.ts'
import { scoreOf } from '#lib/quality-report/mean-score.ts'
import { type QualityScope, qualityScope, qualityScopes } from '#lib/quality-report/quality-scope.ts'
import { type Period, readLatest, readPoints, readTrend } from '#lib/quality-report/read-snapshots.ts'
import { tenantPart } from '#lib/quality-report/snapshot-parts.ts'
import type { StoredSnapshot } from '#lib/quality-report/stored-snapshot.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { ObjectQuality, QualityOverview } from '#schemas/api/quality.ts'

/** Which quality: of one object or all, told apart or not, and the period of the trend (RFC 3339). */
export type QualityQuery = {
  object?: string | undefined
  by?: Grouping | undefined
  from?: string | undefined
  to?: string | undefined
}

/** 26 weeks. */
const trendMs = 26 * 7 * 86_400_000

/**
 * How good the records are that the actor may see, as the last cleanup up to `to` found them.
 * @throws CrmError validation_failed, not_found.
 */
export async function readQuality(ctx: Context, query: QualityQuery): Promise<QualityOverview> {
  const scopes = query.object === undefined ? qualityScopes(ctx) : [qualityScope(ctx, query.object)]
  const { by } = query
  if (by !== undefined && !scopes.some(({ object }) => isGroupable(ctx, object, by))) throw notGroupable(by)
  return overviewOf(ctx, scopes, query)
}

/** The quality of some objects; those that cannot be told apart as asked are not. */
export async function overviewOf(
  ctx: Context,
  scopes: readonly QualityScope[],
  query: Omit<QualityQuery, 'object'>,
): Promise<QualityOverview> {
  const { by } = query
  const period = periodOf(ctx, query)
  const latest = await readLatest(ctx, tenantPart, period.to)
  if (!latest) return { threshold: policyOf(ctx).quality.threshold, objects: [] }
  const trends = await readTrends(ctx, scopes, period)
  const now = await readPoints(ctx, latest.runId, [...trends.keys()])
  const objects = await Promise.all(
    scopes.map(scope => viewScope(ctx, scope, { now: now.get(scope.part), by, trend: trends.get(scope.part) ?? [] })),
  )
  const { takenAt: at, runId, threshold } = latest
  const audits = await auditQuality(ctx, { period, runId })
  return {
    at,
    runId,
    threshold,
    objects: objects.flatMap(object => object ?? []),
    ...(audits.length > 0 && { audits }),
  }
}

type Asked = { now: StoredSnapshot | undefined; by: Grouping | undefined; trend: readonly StoredSnapshot[] }

/** One object; undefined when the last cleanup found no record of it that the actor may see. */
async function viewScope(ctx: Context, scope: QualityScope, asked: Asked): Promise<ObjectQuality | undefined> {
  const { name } = scope.object
  const total = asked.now?.objects[name]?.total
  if (!asked.now || !total) return undefined
  const { runId } = asked.now
  const by = asked.by !== undefined && isGroupable(ctx, scope.object, asked.by) ? asked.by : undefined
  const groups = by && (await groupQuality(ctx, scope, { runId, by }))
  const trend = asked.trend.flatMap(({ takenAt, objects }) => {
    const then = objects[name]?.total
    return then ? [{ at: takenAt, records: then.count, score: scoreOf(then), below: then.below }] : []
  })
  return { object: name, scope: scope.scope, ...viewTally(total), ...(groups && { groups }), trend }
}

async function readTrends(ctx: Context, scopes: readonly QualityScope[], period: Period) {
  const parts = [...new Set(scopes.map(({ part }) => part))]
  return new Map(await Promise.all(parts.map(async part => [part, await readTrend(ctx, part, period)] as const)))
}

function periodOf(ctx: Context, query: Pick<QualityQuery, 'from' | 'to'>): Period {
  const to = query.to ?? ctx.clock.now().toISOString()
  const from = query.from ?? new Date(Date.parse(to) - trendMs).toISOString()
  if (from > to) throw invalidAt('?from', 'invalid_value', 'from is after to; give an earlier time, or leave it out.')
  return { from, to }
}

function notGroupable(by: Grouping) {
  const detail = `What you may see cannot be told apart by ${by}; leave \`by\` out, or name an object that has it.`
  return invalidAt('?by', 'invalid_value', detail)
}
