import * as z from 'zod'
import type { StepCall } from '#functions/edge/step.ts'
import { type JobTools, systemTools } from '#functions/workflows/job-context.ts'
import { runSource } from '#lib/cleanup/run-job.ts'

/** Which run. */
export const runInput = z.object({ runId: z.string() })

/** Which records of it. */
export const laneInput = runInput.extend({ object: z.string(), shard: z.int().min(0) })

/** What a step of a run works with: it is the product itself, whoever asked for it. */
export function runTools(call: StepCall, { runId }: z.output<typeof runInput>): Promise<JobTools> {
  return systemTools(call, runSource(runId))
}
