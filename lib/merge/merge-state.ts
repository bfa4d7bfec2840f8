import * as z from 'zod'
import { notFound } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { merge as mergeObject } from '#schemas/system/merge.ts'

const mergeFields = z.object({
  target: z.string(),
  survivorId: z.string(),
  survivorVersion: z.number(),
  absorbed: z.array(z.object({ id: z.string(), version: z.number() })),
  state: z.enum(['merged', 'undone']),
  childrenState: z.enum(['moving', 'settled']),
  childrenMoved: z.number().default(0),
  mergedBy: z.string().optional(),
  undoneBy: z.string().optional(),
})

/** What a merge did, as its record says. */
export type MergeState = z.infer<typeof mergeFields> & { id: string; record: StoredRecord; object: ObjectDefinition }

/** A merge by its id; undefined when there is none. */
export async function readMerge(ctx: Pick<Context, 'store' | 'objects'>, id: string): Promise<MergeState | undefined> {
  const record = isTypeId(id, mergeObject.prefix) ? await readRecord(ctx.store, id) : undefined
  return record && toMerge(ctx, record)
}

/**
 * A merge by its id.
 * @throws CrmError `not_found`.
 */
export async function loadMerge(ctx: Pick<Context, 'store' | 'objects'>, id: string): Promise<MergeState> {
  const merge = await readMerge(ctx, id)
  if (!merge) throw notFound('merge', id, 'undo')
  return merge
}

/** The merge that a stored record stands for; undefined when its object is no more. */
function toMerge({ objects }: Pick<Context, 'objects'>, record: StoredRecord): MergeState | undefined {
  const fields = mergeFields.parse(record.fields)
  const object = objects.byName.get(fields.target)
  return object && { ...fields, id: record.id, record, object }
}
