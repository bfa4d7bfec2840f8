import { fieldAccess } from '#lib/permissions/rules.ts'
import { openedQuality } from '#lib/quality/open-quality.ts'
import type { JudgedRecord } from '#lib/quality/rules/rule.ts'
import type { Finding } from '#lib/quality/types.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What of a request's context a record is judged and shown by. */
export type Viewer = Pick<Context, 'actor' | 'clock' | 'tenant' | 'policy'>

/** A record's quality as the API shows it. */
type QualityView = { score: number; issues: Omit<Finding, 'about'>[] }

/**
 * A record's quality as the actor may see it: the score as it is for everybody, without the issues that tell of a field which the
 * actor does not see whole. `openQuality` comes before it.
 */
export function viewQuality(viewer: Viewer, object: ObjectDefinition, record: JudgedRecord): QualityView {
  const { actor, clock, tenant } = viewer
  const at = { now: clock.now(), policy: policyOf(viewer), phoneRegion: tenant.phoneRegion }
  const { score, findings } = openedQuality()(object, record, at)
  const isSeen = (field: string) => ['readOnly', 'editable'].includes(fieldAccess(actor, object.name, field))
  const issues = findings.flatMap(({ about, ...finding }) => {
    const fields = about ?? (finding.field === undefined ? [] : [finding.field])
    return fields.every(isSeen) ? [finding] : []
  })
  return { score, issues }
}
