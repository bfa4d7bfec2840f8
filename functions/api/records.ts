import { notModified, ok } from '#functions/edge/answers.ts'
import { forgetActors } from '#functions/edge/authenticate.ts'
import { batchAnswer } from '#functions/edge/batch-answer.ts'
import { etagOf, ifMatching, isFresh, parseCondition } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { objectAt } from '#functions/edge/object-at.ts'
import { serve } from '#functions/edge/route.ts'
import { upsertConditions } from '#functions/edge/upsert-conditions.ts'
import { writtenAnswer } from '#functions/edge/written.ts'
import { refuseDuplicates } from '#lib/duplicate-groups/refuse-duplicates.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { readTimeline } from '#lib/records/operations/read-timeline.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { runBatch } from '#lib/records/operations/run-batch.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { upsertRecord } from '#lib/records/operations/upsert-record.ts'
import type { Written } from '#lib/records/write.ts'
import * as Ask from '#schemas/api/records.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

export const handler = serve([
  on(Ask.CreateRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { dryRun } = input.query
    const checkNew = checkFor(input.query)
    return wrote(object, await createRecord(ctx, { object, input: input.body, dryRun, checkNew }), dryRun)
  }),
  on(Ask.GetRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { id } = input.path
    const { record, version } = await getRecord(ctx, { object, id, ...input.query })
    const headers = { etag: etagOf(id, version) }
    const isKnown = isFresh(parseCondition('If-None-Match', input.ifNoneMatch), id, version)
    return isKnown ? notModified(headers) : ok(record, headers)
  }),
  on(Ask.FindRecords, async (ctx, input) => {
    return ok(await findRecords(ctx, { object: objectAt(ctx.objects, input), query: input.query }))
  }),
  on(Ask.UpdateRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { id } = input.path
    const { dryRun } = input.query
    const update = (ifVersions?: number[]) => updateRecord(ctx, { object, id, patch: input.body, ifVersions, dryRun })
    return wrote(object, await ifMatching({ ...input, id }, update), dryRun)
  }),
  on(Ask.RemoveRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { id } = input.path
    const { dryRun } = input.query
    const remove = (ifVersions?: number[]) => removeRecord(ctx, { object, id, ifVersions, dryRun })
    return wrote(object, await ifMatching({ ...input, id }, remove), dryRun)
  }),
  on(Ask.RestoreRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { id } = input.path
    const { dryRun } = input.query
    const restore = (ifVersions?: number[]) => restoreRecord(ctx, { object, id, ifVersions, dryRun })
    return wrote(object, await ifMatching({ ...input, id }, restore), dryRun)
  }),
  on(Ask.RevertRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { id } = input.path
    const { dryRun } = input.query
    const { toVersion } = input.body
    const revert = (ifVersions?: number[]) => revertRecord(ctx, { object, id, toVersion, ifVersions, dryRun })
    return wrote(object, await ifMatching({ ...input, id }, revert), dryRun)
  }),
  on(Ask.UpsertRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { system, externalId } = input.path
    const { dryRun } = input.query
    const request = { object, system, externalId, input: input.body, dryRun, checkNew: checkFor(input.query) }
    const conditions = await upsertConditions(ctx, request, input)
    return wrote(object, await upsertRecord(ctx, { ...request, ...conditions }), dryRun)
  }),
  on(Ask.RunBatch, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { dryRun } = input.query
    const outcomes = await runBatch(ctx, { object, ...input.body, dryRun, checkNew: checkFor(input.query) })
    if (object.system) forgetActors()
    return batchAnswer(outcomes, { traceId: input.traceId, dryRun })
  }),
  on(Ask.ReadHistory, async (ctx, input) => {
    const { id } = input.path
    return ok(await readHistory(ctx, { object: objectAt(ctx.objects, input), id, ...input.query }))
  }),
  on(Ask.ReadTimeline, async (ctx, input) => {
    const { id } = input.path
    return ok(await readTimeline(ctx, { object: objectAt(ctx.objects, input), id, ...input.query }))
  }),
])

/** People and programs are told of duplicates; imports and seeding have their own policy. */
function checkFor({ allowDuplicates }: { allowDuplicates?: boolean | undefined }) {
  return allowDuplicates ? undefined : refuseDuplicates
}

/** Users, roles and teams decide who may do what: a write to one is in force at once in this function. */
function wrote(object: ObjectDefinition, written: Written, isDryRun: boolean | undefined) {
  if (object.system) forgetActors()
  return writtenAnswer(object, written, isDryRun)
}
