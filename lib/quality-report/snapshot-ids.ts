import { derivedId } from '#lib/runtime/ids.ts'
import { qualitySnapshot } from '#schemas/system/quality-snapshot.ts'

/** Id of a part's sums in the snapshot of a run. */
export function pointId(runId: string, part: string): string {
  return idOf(runId, part, 'point')
}

/** Id of what a part's sums are made of: sources, months, owners. */
export function detailId(runId: string, part: string): string {
  return idOf(runId, part, 'detail')
}

/** The time in the id is none: a run that is reported again comes to the same ids. */
function idOf(...seed: string[]): string {
  return derivedId(qualitySnapshot.prefix, { at: new Date(0), seed: JSON.stringify(seed) })
}
