import { compileObject } from '#lib/records/compile.ts'
import { planFields } from '#lib/records/operations/update-record.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecord } from '#lib/store/read.ts'
import { isJsonObject, type JsonObject } from '#schemas/json.ts'
import { laterObjects } from '#schemas/seeds/roles.ts'
import { role } from '#schemas/system/role.ts'

/**
 * Gives a role that an earlier release seeded what it may do with the objects that came since. What the role says already
 * stays, so taking such a permission away means setting it to `none`.
 * @returns whether it was changed.
 */
export async function extendRole(
  ctx: Context,
  { id, permissions }: { id: string; permissions: readonly JsonObject[] },
): Promise<boolean> {
  const object = compileObject(role, ctx.tenant)
  const plan = async () => {
    const before = await readRecord(ctx.store, id)
    if (!before) throw new Error(`The role ${id} is gone.`)
    const entries = Array.isArray(before.fields['permissions']) ? before.fields['permissions'].filter(isJsonObject) : []
    const known = new Set(entries.map(entry => entry['object']))
    const missing = permissions.filter(entry => !known.has(String(entry['object'])) && isLater(entry))
    if (missing.length === 0 || before.deletedAt !== undefined)
      return { object, before, after: before, action: 'unchanged' as const }
    const fields = { ...before.fields, permissions: [...entries, ...missing] }
    return planFields(ctx, object, { before, fields, written: ['permissions'] })
  }
  const { outcome } = await writeRecord(ctx, plan, {})
  return outcome === 'updated'
}

function isLater(entry: JsonObject): boolean {
  return laterObjects.some(name => name === entry['object'])
}
