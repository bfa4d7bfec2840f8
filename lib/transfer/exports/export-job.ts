import * as z from 'zod'
import type { StoredRecord } from '#lib/store/items.ts'
import { exportEncodings } from '#schemas/api/exports.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

const stored = z.object({
  target: z.string(),
  filter: z.string().optional(),
  fields: z.array(z.string()).optional(),
  format: z.enum(['csv', 'ndjson']),
  encoding: z.enum(exportEncodings),
  fileName: z.string(),
})

/** An export as its steps read it. */
export type ExportJob = z.infer<typeof stored> & { id: string; createdAt: string; object: ObjectDefinition }

/** An export out of its record. */
export function exportJobOf(objects: ObjectRegistry, record: StoredRecord): ExportJob {
  const job = stored.parse(record.fields)
  const object = objects.byPlural.get(job.target)
  if (!object) throw new Error(`${record.id} exports ${job.target}, which is no object`)
  return { ...job, id: record.id, createdAt: record.createdAt, object }
}
