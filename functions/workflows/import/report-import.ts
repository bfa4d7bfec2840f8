import { step } from '#functions/edge/step.ts'
import { endingTools, jobInput } from '#functions/workflows/import/job-input.ts'
import { reportImport } from '#lib/transfer/imports/report-import.ts'

/** Adds up what the segments came to and ends the import. */
export const handler = step(jobInput, async (input, call) => {
  const { ctx, files } = await endingTools(call, input)
  await reportImport(ctx, files, { id: input.importId })
  return {}
})
