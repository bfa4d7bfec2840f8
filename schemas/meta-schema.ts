import * as z from 'zod'
import { inconsistencies } from '#schemas/inconsistencies.ts'
import { matchKinds } from '#schemas/match-kinds.ts'

const identifier = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'must be camelCase: a lower-case letter, then letters and digits, 40 at most')

const label = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })

const facets = {
  label,
  required: z.boolean().optional(),
  /** No two records of the object may share the value. */
  unique: z.boolean().optional(),
  /** Kinds of match key the value gives: they find likely duplicates. */
  matchOn: z.array(z.enum(matchKinds)).min(1).optional(),
  searchable: z.boolean().optional(),
  /** Personal data: masked in logs, erased on request. */
  sensitive: z.boolean().optional(),
  /** Set by the server or a job, never by a client. */
  readOnly: z.boolean().optional(),
}

const option = z.strictObject({ value: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/), label })
const options = z.array(option).min(1, 'needs at least one option').max(200)

const simple = <const T extends string>(type: T) => z.strictObject({ type: z.literal(type), ...facets })

const textField = z.strictObject({
  type: z.literal('text'),
  ...facets,
  /** Longest value in characters; 200 unless told. */
  maxLength: z.int().min(1).max(1000).optional(),
  /** Regular expression the whole value must match, with what to say when it does not. */
  pattern: z.strictObject({ regex: z.string().min(1), message: z.string().min(1) }).optional(),
  /** Makes full-width characters plain and turns the value into upper case before it is checked. */
  upperCase: z.boolean().optional(),
})

const numberField = z.strictObject({
  type: z.literal('number'),
  ...facets,
  min: z.number().optional(),
  max: z.number().optional(),
  integer: z.boolean().optional(),
})

const referenceField = z.strictObject({
  type: z.literal('reference'),
  ...facets,
  /** Object the id must belong to. */
  to: identifier,
  /** Further objects that it may belong to instead. */
  orTo: z.array(identifier).min(1).optional(),
  /** The record is listed under the one it refers to: `parent=<id>` and its timeline. */
  parent: z.boolean().optional(),
  /** The record can be found by this reference without being its child. */
  lookup: z.boolean().optional(),
  /** While a record refers to it, the target cannot be deleted; needs `lookup`. */
  restrictDelete: z.boolean().optional(),
})

const momentField = z.strictObject({
  type: z.literal('dateTime'),
  ...facets,
  /** Something is due at it: such records are found in the order of this moment, until it is over. */
  agenda: z.boolean().optional(),
})

const selectField = z.strictObject({ type: z.literal('select'), ...facets, options, default: z.string().optional() })
const multiSelectField = z.strictObject({ type: z.literal('multiSelect'), ...facets, options })

const scalarField = z.discriminatedUnion('type', [
  textField,
  numberField,
  selectField,
  referenceField,
  simple('longText'),
  simple('money'),
  simple('date'),
  momentField,
  simple('localTime'),
  simple('timeZone'),
  simple('repeat'),
  simple('duration'),
  simple('boolean'),
  simple('url'),
  simple('user'),
])

const listField = z.strictObject({
  type: z.literal('list'),
  ...facets,
  /** What each entry holds. */
  fields: z.record(identifier, scalarField),
  maxItems: z.int().min(1).max(200),
  /** Entry fields that together name an entry: no two entries may share them, and `unique` is judged by them. */
  entryKey: z.array(identifier).min(1).optional(),
})

/** One field of an object, as data. */
const fieldDefinition = z.discriminatedUnion('type', [
  ...scalarField.options,
  multiSelectField,
  listField,
  simple('emails'),
  simple('phones'),
  simple('address'),
  simple('tags'),
  simple('json'),
])

/** What makes a record complete: a value in one of the fields, where the condition on another field holds. */
const completeness = z.strictObject({
  anyOf: z.array(identifier).min(1),
  when: z.strictObject({ field: identifier, is: z.string().min(1) }).optional(),
  /** How much of the rule's points it is worth, beside the others. */
  share: z.int().min(1).max(100),
})

/** The meta-schema: what a valid object definition is. */
export const objectDefinition = z.strictObject({
  name: identifier,
  /** Its name in URLs. */
  plural: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens'),
  /** First part of its ids, before the underscore. */
  prefix: z.string().regex(/^[a-z]{2,8}$/, 'must be 2 to 8 lower-case letters'),
  label,
  pluralLabel: label,
  /** Field a person knows the record by. */
  titleField: identifier,
  /** Field that places the record on its parent's timeline; its creation time stands in when it is empty. */
  timeField: identifier.optional(),
  /** Field holding the user who owns the record (`id` for users, who own themselves); none: the record is nobody's own. */
  ownerField: z.union([identifier, z.literal('id')]).optional(),
  /** Field holding the team the record belongs to; filled from its owner's team. */
  teamField: identifier.optional(),
  /** Belongs to the product's own workings (users, roles): kept out of search and sales views. */
  system: z.boolean().optional(),
  /** Written by the product's jobs alone (imports, exports): clients only read it. */
  readOnly: z.boolean().optional(),
  /** Fields that the server works out from others at each write: when a reminder comes next. */
  derived: z.enum(['nextReminder']).optional(),
  /** What a record's quality is judged by, beside the types and facets of its fields. */
  quality: z.strictObject({ complete: z.array(completeness).max(20) }).optional(),
  fields: z.record(identifier, fieldDefinition),
})

/** One field of an object. */
export type FieldDefinition = z.infer<typeof fieldDefinition>
/** A field that may stand in a list entry. */
export type ScalarFieldDefinition = z.infer<typeof scalarField>
/** An object as data: name, ids, labels and fields. */
export type ObjectDefinition = z.infer<typeof objectDefinition>
/** The definition of one type of field. */
export type FieldOf<T extends FieldDefinition['type']> = Extract<FieldDefinition, { type: T }>

/**
 * Checks a definition.
 * @throws Error whose message starts with `object.field:` for each thing that is wrong.
 */
export function checkDefinition(definition: ObjectDefinition): void {
  const parsed = objectDefinition.safeParse(definition)
  const problems = parsed.success
    ? inconsistencies(parsed.data)
    : parsed.error.issues.map(issue => `${place(definition, issue.path)}: ${issue.message}`)
  if (problems.length > 0) throw new Error(`Bad object definition. ${problems.join('; ')}`)
}

function place(definition: ObjectDefinition, path: PropertyKey[]): string {
  const [first, ...rest] = path
  const steps = first === 'fields' && rest.length > 0 ? rest : path
  return [definition.name, ...steps].map(String).join('.')
}
