import { ok } from '#functions/edge/answers.ts'
import { ifMatching } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { objectAt } from '#functions/edge/object-at.ts'
import { serve } from '#functions/edge/route.ts'
import { writtenAnswer } from '#functions/edge/written.ts'
import { findPlans, getPlan } from '#lib/refresh/find-plans.ts'
import { verifyRecord } from '#lib/refresh/verify-record.ts'
import * as Ask from '#schemas/api/refresh.ts'

export const handler = serve([
  on(Ask.VerifyRecord, async (ctx, input) => {
    const object = objectAt(ctx.objects, input)
    const { id } = input.path
    const { dryRun } = input.query
    const verify = (ifVersions?: number[]) => verifyRecord(ctx, { object, id, ...input.body, ifVersions, dryRun })
    return writtenAnswer(object, await ifMatching({ ...input, id }, verify), dryRun)
  }),
  on(Ask.FindRefreshPlans, async (ctx, { query }) => ok(await findPlans(ctx, query))),
  on(Ask.GetRefreshPlan, async (ctx, { path }) => ok(await getPlan(ctx, path.id))),
])
