import * as z from 'zod'
import type { StepCall } from '#functions/edge/step.ts'
import { type JobTools, jobTools, systemTools } from '#functions/workflows/job-context.ts'

/** Which import, and for whom. */
export const jobInput = z.object({ importId: z.string(), actorId: z.string() })

/** What a step of an import works with: its changes carry `import/<id>` as their source. */
export function importTools(call: StepCall, { importId, actorId }: z.output<typeof jobInput>): Promise<JobTools> {
  return jobTools(call, { actorId, source: `import/${importId}` })
}

/** The same for a step that ends the import, even when who asked for it has left. */
export function endingTools(call: StepCall, { importId }: z.output<typeof jobInput>): Promise<JobTools> {
  return systemTools(call, `import/${importId}`)
}
