import * as z from 'zod'
import { anyObject, defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, flag, limit } from '#schemas/api/parameters.ts'

export const VerifyRecord = defineContract({
  operationId: 'verifyRecord',
  path: z.object({ object: z.string(), id: z.string() }),
  query: z.strictObject({
    dryRun: flag('Check everything, answer with the record as it would be, and write nothing.'),
  }),
  body: z
    .strictObject({
      fields: anyObject.optional().meta({ description: 'What was wrong, put right: a merge patch.' }),
      note: z
        .string()
        .trim()
        .min(1, 'must say something; leave it out otherwise')
        .max(500, 'must be 500 characters at most')
        .optional()
        .meta({ description: 'What the verification found; kept with the task.' }),
    })
    .optional(),
})

export const FindRefreshPlans = defineContract({
  operationId: 'findRefreshPlans',
  path: noParameters,
  query: z.strictObject({ limit: limit(10), cursor }),
  body: noBody,
})

export const GetRefreshPlan = defineContract({
  operationId: 'getRefreshPlan',
  path: z.object({ id: z.string() }),
  query: noParameters,
  body: noBody,
})

const count = z.int().min(0)
const time = z.iso.datetime()

const counts = z.strictObject({
  total: count.meta({ description: 'Tasks of the plan that the caller may see.' }),
  done: count,
  canceled: count,
  open: count,
  overdue: count.meta({ description: 'Open tasks whose due date has passed.' }),
  percentage: z
    .int()
    .min(0)
    .max(100)
    .meta({ description: 'Done, of those not canceled, rounded down; 100 when nothing is left to do.' }),
})

/** A refresh plan, as far as the caller sees its tasks. */
export const refreshPlanView = counts.extend({
  id: z.string(),
  object: z.literal('refreshPlan'),
  version: z.int().min(1),
  state: z
    .enum(['open', 'done', 'undone'])
    .meta({ description: '`undone`: its run was taken back, tasks that somebody had worked on stay.' }),
  runId: z.string(),
  startedAt: time,
  dueBy: time.optional().meta({ description: 'When the last task is due.' }),
  byOwner: z
    .array(counts.extend({ ownerId: z.string().optional().meta({ description: 'Absent: tasks of nobody.' }) }))
    .meta({ description: 'By who has the tasks now; who is furthest behind comes first.' }),
})

/** A page of plans, the newest first. */
export const refreshPlanPage = z.strictObject({
  items: z.array(refreshPlanView),
  nextCursor: z.string().optional(),
})

/** A refresh plan as the API shows it. */
export type RefreshPlanView = z.infer<typeof refreshPlanView>
