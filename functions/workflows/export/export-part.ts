import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { jobInput } from '#functions/workflows/export/job-input.ts'
import { jobTools } from '#functions/workflows/job-context.ts'
import { exportPart } from '#lib/transfer/exports/export-part.ts'

const input = jobInput.extend({ part: z.int().min(0), cursor: z.string().optional() })

/** Writes the next part of an export. */
export const handler = step(input, async ({ exportId, actorId, part, cursor }, call) => {
  const { ctx, files } = await jobTools(call, { actorId, source: `export/${exportId}` })
  const onPage = (page: number, ids: string[]) => call.logExported({ exportId, actorId, part, page, ids })
  return { exportId, actorId, ...(await exportPart(ctx, files, { id: exportId, part, cursor, onPage })) }
})
