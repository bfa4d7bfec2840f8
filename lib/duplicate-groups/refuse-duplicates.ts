import { findPairs, isComparable } from '#lib/duplicate-groups/find-pairs.ts'
import { viewReasons } from '#lib/duplicate-groups/view-reasons.ts'
import { CrmError } from '#lib/errors.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { MatchKey } from '#lib/records/match-keys.ts'
import type { Plan } from '#lib/records/plan.ts'
import { uniqueValues } from '#lib/records/unique-values.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Keys that name one person or company: looked up before a record is made, each by one query. */
const strongKinds: ReadonlySet<MatchKey['kind']> = new Set(['email', 'phone', 'taxId'])

/**
 * Refuses a new record that certainly exists already. Only records that the actor may see can stand in its way.
 * One that holds a unique value of the new record is left to the write to refuse: allowing duplicates would not help there.
 * @throws CrmError `duplicate_record` naming them, with score and reasons.
 */
export async function refuseDuplicates(ctx: Context, { object: { definition }, after }: Plan): Promise<void> {
  if (!isComparable(definition)) return
  const { pairs, compared } = await findPairs(ctx, definition, after, strongKinds)
  const rule = recordRule(ctx.actor, definition, 'read')
  const certain = pairs.flatMap(({ a, b, score, verdict, reasons }) => {
    const record = compared.get(a === after.id ? b : a)
    return verdict === 'merge' && record && allows(rule, record) ? [{ record, score, reasons }] : []
  })
  if (certain.length === 0 || certain.some(({ record }) => sharesUnique(definition, after, record))) return
  const duplicates = certain.map(({ record: { id }, score, reasons }) => {
    return { id, score, reasons: viewReasons(ctx, definition, reasons) }
  })
  const ids = duplicates.map(({ id }) => id).join(', ')
  throw new CrmError(
    'duplicate_record',
    `This ${definition.name} is there already: ${ids}. Change that one, or send allowDuplicates=true to have both.`,
    { members: { duplicates: duplicates.toSorted((a, b) => b.score - a.score) } },
  )
}

function sharesUnique(object: ObjectDefinition, one: StoredRecord, other: StoredRecord): boolean {
  return Object.entries(object.fields).some(([name, field]) => {
    const [value, held] = [one.fields[name], other.fields[name]]
    if (!field.unique || value === undefined || held === undefined) return false
    const values = new Set(uniqueValues(held, field))
    return uniqueValues(value, field).some(each => values.has(each))
  })
}
