import type { ReportItem } from '#lib/cleanup/items.ts'
import { type RunPlan, runFiles } from '#lib/cleanup/run-files.ts'
import type { Files } from '#lib/runtime/files.ts'

/** What was deleted for good of a run's lanes, in order. */
export async function* purgedItems(
  files: Files,
  { runId, lanes }: Pick<RunPlan, 'runId' | 'lanes'>,
): AsyncGenerator<ReportItem> {
  for (const lane of lanes)
    for await (const { key } of files.list(runFiles.purged(runId, lane)))
      for (const line of (await files.readText(key)).split('\n')) if (line !== '') yield JSON.parse(line)
}
