import { readDetail } from '#lib/quality-report/read-snapshots.ts'
import { tenantPart } from '#lib/quality-report/snapshot-parts.ts'
import type { Context } from '#lib/runtime/context.ts'

/** Whose records a run counted, each for itself. */
export async function ownersCounted(ctx: Context, runId: string): Promise<Set<string>> {
  const detail = await readDetail(ctx, runId, tenantPart)
  return new Set(detail?.owners)
}
