import { loadJob } from '#lib/jobs/load-job.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { exportFiles } from '#lib/transfer/exports/export-files.ts'
import { exportJobOf } from '#lib/transfer/exports/export-job.ts'
import { exportJob } from '#schemas/system/export.ts'

/** 8,000,000 characters: about 10,000 records; that is all of an export that is held at once. */
const partText = 8_000_000
/** 5 minutes: far less than the 15 a step has. */
const partMs = 300_000

/** The part after this one, and where it begins; no cursor at the end. */
export type NextPart = { part: number; cursor?: string; isLast: boolean }

/**
 * Writes one part of an export: records as the actor sees them, a line each, oldest change first. A record that changes
 * meanwhile comes again with a later part, so nothing is missed. `onPage` is told which records a page holds, before any of
 * them is written.
 */
export async function exportPart(
  ctx: Context,
  files: Files,
  from: { id: string; part: number; cursor?: string | undefined; onPage(page: number, ids: string[]): Promise<void> },
): Promise<NextPart> {
  const { object, filter } = exportJobOf(ctx.objects, await loadJob(ctx, exportJob, from.id))
  const until = ctx.clock.now().getTime() + partMs
  const lines: string[] = []
  let text = 0
  let cursor = from.cursor
  for (let number = 0; ; number++) {
    const query = { limit: 200, sort: 'updatedAt', filter, cursor } as const
    const page = await findRecords(ctx, { object, query })
    if (page.items.length > 0)
      await from.onPage(
        number,
        page.items.map(({ id }) => String(id)),
      )
    for (const item of page.items) {
      const line = `${JSON.stringify(item)}\n`
      lines.push(line)
      text += line.length
    }
    cursor = page.nextCursor
    if (cursor === undefined || text >= partText || ctx.clock.now().getTime() > until) break
  }
  await files.write(exportFiles.part(from.id, from.part), lines.join(''))
  return { part: from.part + 1, isLast: cursor === undefined, ...(cursor !== undefined && { cursor }) }
}
