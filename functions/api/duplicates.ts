import { ok } from '#functions/edge/answers.ts'
import { etagOf, ifMatching } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { objectAt } from '#functions/edge/object-at.ts'
import { serve } from '#functions/edge/route.ts'
import { listGroups } from '#lib/duplicate-groups/list-groups.ts'
import { readDuplicates } from '#lib/duplicate-groups/read-duplicates.ts'
import { mergeRecords } from '#lib/merge/merge-records.ts'
import * as Ask from '#schemas/api/duplicates.ts'

/** Loaded when called: most calls look at duplicates, or merge two. */
const load = {
  decide: () => import('#lib/duplicate-groups/decide-group.ts'),
  undo: () => import('#lib/merge/undo-merge.ts'),
}

export const handler = serve([
  on(Ask.MergeRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { id } = input.path
    const { dryRun } = input.query
    const merge = (ifVersions?: number[]) => mergeRecords(ctx, { object, id, ...input.body, ifVersions, dryRun })
    const { version, replayed, ...merged } = await ifMatching({ ...input, id }, merge)
    return ok(merged, { ...(!dryRun && { etag: etagOf(id, version) }), ...doneHeaders(replayed, dryRun) })
  }),
  on(Ask.UndoMerge, async (ctx, input) => {
    const { dryRun } = input.query
    const { undoMerge } = await load.undo()
    const { replayed, ...unmerged } = await undoMerge(ctx, { mergeId: input.path.mergeId, dryRun })
    return ok(unmerged, doneHeaders(replayed, dryRun))
  }),
  on(Ask.ReadDuplicates, async (ctx, input) => {
    const { id } = input.path
    return ok(await readDuplicates(ctx, { object: objectAt(ctx.objects, input), id, ...input.query }))
  }),
  on(Ask.FindDuplicateGroups, async (ctx, input) => ok(await listGroups(ctx, input.query))),
  on(Ask.DecideDuplicates, async (ctx, input) => {
    const { decideGroup } = await load.decide()
    return ok(await decideGroup(ctx, { ...input.path, ...input.body }))
  }),
])

function doneHeaders(isReplayed: boolean, isDryRun: boolean | undefined): Record<string, string> {
  return { ...(isReplayed && { 'idempotency-replayed': 'true' }), ...(isDryRun && { 'x-dry-run': 'true' }) }
}
