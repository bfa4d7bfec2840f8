import { type CrmError, isRefusal } from '#lib/errors.ts'
import type { Fix } from '#lib/quality/types.ts'
import { checkPlans } from '#lib/records/commit.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { isEmpty } from '#lib/records/fields/empty.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import { brokenStandards } from '#lib/settings/entry-standards.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** Why a fix is not made. */
export type Refusal = { code: string; detail: string }

/** Which rule is broken, and what breaks it: a field, or a part of one. */
type Problem = Refusal & { what: string }

/** The fields of a record after its fixes. */
export function fixedFields(fields: JsonObject, fixes: readonly Fix[]): JsonObject {
  const result = { ...fields }
  for (const { field, to } of fixes) {
    if (isEmpty(to)) delete result[field]
    else result[field] = to
  }
  return result
}

/** The next version of a record with its fixes; what was found out about its surroundings stays known. */
export function fixPlan(
  ctx: Context,
  object: CompiledObject,
  { record, fixes }: { record: StoredRecord; fixes: readonly Fix[] },
): Plan {
  const { checked } = record
  const after = { ...nextVersion(ctx, record, fixedFields(record.fields, fixes)), ...(checked && { checked }) }
  return { object, before: record, after, action: 'updated' }
}

/**
 * Whether the fixes would make a record invalid: break a rule of its fields or an entry standard that it does not break
 * already, or take a unique value of another record. What was wrong before is no reason to leave the rest as it is.
 */
export async function refusalOf(
  ctx: Context,
  object: CompiledObject,
  { record, fixes, policy }: { record: StoredRecord; fixes: readonly Fix[]; policy: TenantPolicy },
): Promise<Refusal | undefined> {
  const plan = fixPlan(ctx, object, { record, fixes })
  const names = [...new Set(fixes.map(({ field }) => field))]
  await Promise.all(names.map(name => object.fields.get(name)?.type.prepare?.()))
  const standards = policy.standards[object.definition.name] ?? {}
  const problems = (fields: JsonObject) => [
    ...names.flatMap(name => fieldProblems(object, name, fields[name])),
    ...brokenStandards(object.definition, fields, standards).map(broken => ({ ...broken, what: broken.field })),
  ]
  const fresh = newProblem(problems(record.fields), problems(plan.after.fields))
  if (fresh) return { code: fresh.code, detail: fresh.detail }
  if (names.every(name => !object.definition.fields[name]?.unique)) return undefined
  try {
    await checkPlans(ctx, [plan])
    return undefined
  } catch (error) {
    if (isRefusal(error)) return refusedBy(error)
    throw error
  }
}

/** What an error says in short. */
export function refusedBy(error: CrmError): Refusal {
  return { code: error.errors[0]?.code ?? error.code, detail: error.message }
}

/** A problem that there is more often than there was, whatever the value. */
function newProblem(before: readonly Problem[], after: readonly Problem[]): Problem | undefined {
  const times = (all: readonly Problem[], one: Problem) =>
    all.filter(({ code, what }) => code === one.code && what === one.what).length
  return after.find(problem => times(after, problem) > times(before, problem))
}

/** Without the places of entries, which move when one before them goes. */
function fieldProblems(object: CompiledObject, name: string, value: Json | undefined): Problem[] {
  const field = object.fields.get(name)
  if (!field) return [{ code: 'unknown_field', what: name, detail: `${object.definition.name} has no field ${name}.` }]
  if (value === undefined)
    return field.definition.required
      ? [{ code: 'required', what: name, detail: `${name} would be empty, and is required.` }]
      : []
  const parsed = field.schema.safeParse(value)
  if (parsed.success) return []
  return parsed.error.issues.map(issue => {
    const code = issue.code === 'custom' ? String(issue.params?.['code'] ?? 'invalid') : issue.code
    const parts = issue.path.filter(part => typeof part === 'string')
    const what = [name, ...parts].join('.')
    return { code, what, detail: `${what} ${issue.message}` }
  })
}
