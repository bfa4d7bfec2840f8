import type { ReportItem } from '#lib/cleanup/items.ts'
import { firstLine, ndjsonType, type PartName, runFiles } from '#lib/cleanup/run-files.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import type { Files } from '#lib/runtime/files.ts'

/** What a step came to: its sums, and the lines of the report. */
export type Part<Sum> = { sum: Sum; items: ReportItem[] }

/** Keeps what a step came to, unless an earlier try of it has. */
export async function keepPart<Sum extends object>(
  files: Files,
  { runId, name }: { runId: string; name: PartName },
  { sum, items }: Part<Sum>,
): Promise<void> {
  const text = [plainJson(sum), ...items].map(value => `${JSON.stringify(value)}\n`).join('')
  await files.writeNew(runFiles.part(runId, name), text, { contentType: ndjsonType })
}

/** Only the sums of what a step came to: its items may be megabytes. */
export async function readSum<Sum>(files: Files, runId: string, name: PartName): Promise<Sum | undefined> {
  const key = runFiles.part(runId, name)
  return (await files.head(key)) ? JSON.parse(await firstLine(files, key)) : undefined
}

/** What a step came to; undefined while it has not. */
export async function readPart<Sum>(files: Files, runId: string, name: PartName): Promise<Part<Sum> | undefined> {
  const key = runFiles.part(runId, name)
  if (!(await files.head(key))) return undefined
  const [sum = '{}', ...items] = (await files.readText(key)).trimEnd().split('\n')
  return { sum: JSON.parse(sum), items: items.map(line => JSON.parse(line)) }
}
