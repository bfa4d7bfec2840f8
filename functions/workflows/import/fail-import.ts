import { step, stepFailure } from '#functions/edge/step.ts'
import { endingTools, jobInput } from '#functions/workflows/import/job-input.ts'
import { failImport } from '#lib/transfer/imports/fail-import.ts'

const input = jobInput.extend({ failure: stepFailure })

/** Ends an import that cannot go on, with a report of what it did until then: it can still be undone. */
export const handler = step(input, async ({ failure, ...job }, call) => {
  const { ctx, files } = await endingTools(call, job)
  await failImport(ctx, files, { id: job.importId, failure })
  return {}
})
