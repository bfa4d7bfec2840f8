import { type FieldProblem, pointerTo } from '#lib/errors.ts'
import { type CompiledField, type CompiledObject, compileObject } from '#lib/records/compile.ts'
import { maxEmails } from '#lib/records/fields/emails.ts'
import { maxPhones } from '#lib/records/fields/phones.ts'
import { maxTags } from '#lib/records/fields/tags.ts'
import type { Context } from '#lib/runtime/context.ts'
import { brokenStandards } from '#lib/settings/entry-standards.ts'
import { PatternProblem } from '#lib/settings/pattern/parse-pattern.ts'
import { wholePattern } from '#lib/settings/pattern/whole-pattern.ts'
import type { FieldDefinition } from '#schemas/definition.ts'
import type { EntryStandard } from '#schemas/settings/standards.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

type Problems = FieldProblem[]

/** Types of field whose values a pattern, a list of allowed values or a least length has a meaning for. */
const types = {
  pattern: ['text', 'url', 'emails', 'phones', 'tags'],
  allowed: ['text', 'select', 'multiSelect', 'tags'],
  minLength: ['text', 'longText', 'url', 'emails', 'phones', 'tags', 'multiSelect', 'list'],
} satisfies Record<string, FieldDefinition['type'][]>

/** What is wrong with entry standards: objects and fields that are not there, rules that do not fit or contradict each other. */
export async function checkEntryStandards(ctx: Context, standards: TenantPolicy['standards']): Promise<Problems> {
  const problems: Problems = []
  for (const [name, fields] of Object.entries(standards)) {
    const definition = ctx.objects.byName.get(name)
    const known = ctx.objects.all.filter(({ system }) => !system).map(object => object.name)
    if (!definition || definition.system) {
      const detail = `standards.${name} is no object that is entered; there are ${known.join(', ')}.`
      problems.push({ pointer: pointerTo('standards', name), code: 'unknown_field', detail })
      continue
    }
    const object = compileObject(definition, ctx.tenant)
    for (const [field, standard] of Object.entries(fields)) {
      await object.fields.get(field)?.type.prepare?.()
      problems.push(...fieldProblems(object, field, standard))
    }
  }
  return problems
}

function fieldProblems(object: CompiledObject, name: string, standard: EntryStandard): Problems {
  const { definition } = object
  const field = object.fields.get(name)
  const at = (...rest: PropertyKey[]) => pointerTo('standards', definition.name, name, ...rest)
  if (!field) {
    const detail = `${definition.name} has no field ${name}; its fields are ${[...object.fields.keys()].join(', ')}.`
    return [{ pointer: at(), code: 'unknown_field', detail }]
  }
  if (field.definition.readOnly) {
    const detail = `${name} of a ${definition.name} is set by the server, so nobody enters it; leave the standard out.`
    return [{ pointer: at(), code: 'field_read_only', detail }]
  }
  const problems = [...misplaced(field, standard, at), ...patternProblems(field, standard, at)]
  return problems.length > 0
    ? problems
    : [...allowedProblems(object, field, standard), ...lengthProblems(field, standard, at)]
}

type At = (...rest: PropertyKey[]) => string

function misplaced({ name, definition }: CompiledField, standard: EntryStandard, at: At): Problems {
  return Object.entries(types).flatMap(([rule, allowed]) => {
    if (!Object.hasOwn(standard, rule) || allowed.some(type => type === definition.type)) return []
    const detail = `${rule} has no meaning for ${name}, a field of type ${definition.type}; leave it out.`
    return [{ pointer: at(rule), code: 'invalid_value', detail }]
  })
}

function patternProblems({ name }: CompiledField, { pattern }: EntryStandard, at: At): Problems {
  if (!pattern) return []
  try {
    wholePattern(pattern.regex)
    return []
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error
    return [
      { pointer: at('pattern', 'regex'), code: 'invalid_format', detail: `The pattern of ${name} ${error.message}` },
    ]
  }
}

/** A value that is allowed but could never be entered is a mistake of whoever wrote it. */
function allowedProblems({ definition }: CompiledObject, field: CompiledField, standard: EntryStandard): Problems {
  const { allowed = [] } = standard
  const { name } = field
  const isList = field.definition.type === 'tags' || field.definition.type === 'multiSelect'
  const at = (...rest: PropertyKey[]) => pointerTo('standards', definition.name, name, 'allowed', ...rest)
  const { minLength: _entries, ...forOne } = standard
  const problems = allowed.flatMap((text, place) => {
    const parsed = field.schema.safeParse(isList ? [text] : text)
    const stored = parsed.success && Array.isArray(parsed.data) ? parsed.data[0] : parsed.data
    const reason = parsed.success
      ? storedReason(text, stored)
      : `cannot be entered: it ${parsed.error.issues[0]?.message}`
    const [broken] = brokenStandards(definition, { [name]: text }, { [name]: isList ? forOne : standard })
    const why = reason ?? (broken && `is allowed, but breaks another rule of the same standard: ${broken.detail}`)
    if (why === undefined) return []
    return [{ pointer: at(place), code: 'invalid_value', detail: `${JSON.stringify(text)} of ${name} ${why}` }]
  })
  const standing = field.definition.type === 'select' ? field.definition.default : undefined
  if (standing === undefined || allowed.length === 0 || allowed.includes(standing)) return problems
  const detail = `allowed of ${name} must include ${standing}, which a new ${definition.name} has unless told otherwise.`
  return [...problems, { pointer: at(), code: 'invalid_value', detail }]
}

function storedReason(text: string, stored: unknown): string | undefined {
  return stored === text ? undefined : `is stored as ${JSON.stringify(stored)}; write it so.`
}

function lengthProblems({ name, definition }: CompiledField, { minLength = 0 }: EntryStandard, at: At): Problems {
  const most = mostOf(definition)
  if (minLength <= most) return []
  const detail = `minLength of ${name} must be ${most} at most: more does not fit into the field.`
  return [{ pointer: at('minLength'), code: 'too_big', detail }]
}

/** Longest value, in characters or entries. */
function mostOf(field: FieldDefinition): number {
  if (field.type === 'text') return field.maxLength ?? 200
  if (field.type === 'list') return field.maxItems
  if (field.type === 'multiSelect') return field.options.length
  if (field.type === 'emails') return maxEmails
  if (field.type === 'phones') return maxPhones
  if (field.type === 'tags') return maxTags
  return 1_000
}
