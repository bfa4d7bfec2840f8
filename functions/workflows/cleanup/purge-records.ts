import { step } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { purgeRecords } from '#lib/cleanup/purge-records.ts'
import { required } from '#lib/runtime/env.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'

let search: Table | undefined

/** Deletes for good what has been in the recycle bin long enough, for as long as the step may go on. */
export const handler = step(runInput, async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  search ??= openTable(required('SEARCH_TABLE_NAME'))
  const work = { ...input, remainingMs: call.remainingMs, searchStore: createStore(search) }
  return { ...input, ...(await purgeRecords(ctx, files, work)) }
})
