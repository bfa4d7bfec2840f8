import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { exportFiles } from '#lib/transfer/exports/export-files.ts'
import type { JsonObject } from '#schemas/json.ts'

/** 15 minutes to begin a download. */
const downloadS = 900

/** An export as the API shows it, with an address for its file once there is one. */
export async function viewExport(ctx: Context, files: Files, job: StoredRecord): Promise<JsonObject> {
  const { id, version, createdAt, fields } = job
  const { state, target, format, encoding, ownerId, endedAt, problem } = fields
  const view: JsonObject = { id, object: 'export', version, createdAt, counts: fields['counts'] ?? { rows: 0 } }
  for (const [name, value] of Object.entries({ state, target, format, encoding, ownerId, endedAt, problem }))
    if (value !== undefined) view[name] = value
  if (state !== 'succeeded') return view
  const url = await files.presignDownload(exportFiles.file(id), {
    fileName: String(fields['fileName']),
    expiresS: downloadS,
  })
  const expiresAt = new Date(ctx.clock.now().getTime() + downloadS * 1_000).toISOString()
  return { ...view, download: { url, expiresAt } }
}
