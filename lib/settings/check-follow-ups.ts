import { CrmError, type FieldProblem, pointerTo } from '#lib/errors.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { compileFilter } from '#lib/records/filter/compile-filter.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** What is wrong with rules for follow-ups beyond their shape: conditions that do not hold, objects and fields that are none. */
export async function checkFollowUps(
  ctx: Context,
  { rules, dates }: TenantPolicy['followUps'],
): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = []
  for (const [name, { object, condition }] of Object.entries(rules))
    problems.push(...(await conditionProblems(ctx, ['followUps', 'rules', name], { object, condition })))
  for (const [name, rule] of Object.entries(dates)) {
    const place = ['followUps', 'dates', name]
    problems.push(...fieldProblems(ctx, place, rule), ...(await conditionProblems(ctx, place, rule)))
  }
  return problems
}

type Rule = { object: string; condition?: string | undefined }

async function conditionProblems(
  ctx: Context,
  place: string[],
  { object: name, condition }: Rule,
): Promise<FieldProblem[]> {
  const object = businessObject(ctx, name)
  if (!object || condition === undefined) return []
  try {
    // The rules run as the product itself.
    await compileFilter({ ...ctx, actor: systemActor }, object, condition)
    return []
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    return [problem([...place, 'condition'], 'invalid_filter', error.message)]
  }
}

function fieldProblems(ctx: Context, place: string[], rule: { object: string; field: string }): FieldProblem[] {
  const object = businessObject(ctx, rule.object)
  if (!object) {
    const names = ctx.objects.all.filter(({ system }) => !system).map(each => each.name)
    return [
      problem([...place, 'object'], 'invalid_value', `There is no object ${rule.object}; use ${names.join(', ')}.`),
    ]
  }
  const isDate = ['date', 'dateTime'].includes(object.fields[rule.field]?.type ?? '')
  if (isDate) return []
  const dates = Object.entries(object.fields).filter(([, { type }]) => type === 'date' || type === 'dateTime')
  const detail = `${rule.object} has no date ${rule.field}; use ${dates.map(([field]) => field).join(', ')}.`
  return [problem([...place, 'field'], 'invalid_value', detail)]
}

function businessObject({ objects }: Context, name: string): ObjectDefinition | undefined {
  const object = objects.byName.get(name)
  return object?.system ? undefined : object
}

function problem(place: string[], code: string, detail: string): FieldProblem {
  return { pointer: pointerTo(...place), code, detail: `${place.join('.')}: ${detail}` }
}
