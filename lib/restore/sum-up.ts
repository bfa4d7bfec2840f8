import { type RestorePlan, restoreFiles } from '#lib/restore/restore-files.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { RestoreReport } from '#schemas/api/restore-report.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'

/** 20 problems are told in the run itself. */
const problemsTold = 20

/** Adds up what became of each record, anew from the results, and writes the report with every item. */
export async function sumUp(files: Files, plan: RestorePlan): Promise<RestoreReport> {
  const { backupId, cutOffAt } = plan
  const counts = { records: 0, created: 0, changed: 0, undeleted: 0, unchanged: 0, conflict: 0 }
  const problems: RestoreReport['problems'] = []
  for await (const { id, action, problem } of itemsOf(files, plan.runId)) {
    counts.records += 1
    counts[action] += 1
    if (problem && problems.length < problemsTold) problems.push({ id, ...problem })
  }
  const report = { backupId, cutOffAt, counts, problems }
  const body = reportText(files, { plan, report })
  await files.write(restoreFiles.report(plan.runId), body, { contentType: 'application/json' })
  return report
}

/** What became of each record of a restore. */
export async function* itemsOf(files: Files, runId: string): AsyncGenerator<RestoreItem> {
  for await (const { key } of files.list(restoreFiles.results(runId))) {
    const text = await files.readText(key)
    if (text !== '') for (const line of text.trimEnd().split('\n')) yield JSON.parse(line)
  }
}

async function* reportText(
  files: Files,
  { plan, report }: { plan: RestorePlan; report: RestoreReport },
): AsyncGenerator<string> {
  const { runId, dryRun, requestedBy, startedAt } = plan
  const run = { id: runId, kind: 'restore', dryRun, requestedBy, startedAt }
  yield `{"run":${JSON.stringify(run)},"report":${JSON.stringify(report)},"items":[`
  let separator = '\n'
  for await (const item of itemsOf(files, runId)) {
    yield separator + JSON.stringify(item)
    separator = ',\n'
  }
  yield '\n]}\n'
}
