import { isTypeId } from '#lib/runtime/ids.ts'
import { convertCell, isEmptyCell } from '#lib/transfer/mapping/convert-cell.ts'
import { dateOrderOf } from '#lib/transfer/mapping/convert-date.ts'
import { headerKey, placesFor } from '#lib/transfer/mapping/header-words.ts'
import { type MappingTarget, targetOf } from '#lib/transfer/mapping/mapping-target.ts'
import type { PresetName } from '#lib/transfer/mapping/presets.ts'
import { kindOf, valuesFit } from '#lib/transfer/mapping/value-kinds.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A place that a column may go to, and how sure that is: 1 is certain, above that certain before others that are too. */
export type Candidate = { column: number; target: MappingTarget; score: number }

/** A column: its name, its values that are not empty, and how many rows were looked at. */
export type Column = { name: string; values: readonly string[]; rows: number }

type Preset = { name: PresetName; places: Map<string, string> }
type Named = { path: string; score: number }
type About = { column: number; preset: Preset | undefined }

/** How sure each way of finding a place is. */
const sure = { path: 1.3, preset: 1.2, word: 1, field: 0.98, label: 0.95, second: 0.9, values: 0.6 }
/** Where the ids of a file go whose program is not known. */
const otherSystem = 'import'
/** Money and dates are the same in every time zone, as far as the mapping goes. */
const settings = { timeZone: 'UTC', currency: 'CNY' }

/** The places that a column may go to. A place that most of the column's values do not fit is none. */
export function candidatesFor(object: ObjectDefinition, column: Column, about: About): Candidate[] {
  const key = headerKey(column.name)
  const particular = about.preset?.places.get(key)
  const words = placesFor(object.name, column.name)
  if (particular === '' || (words[0] === '' && particular === undefined) || areOwnIds(object, column)) return []
  const named: Named[] = [
    ...(column.name.includes('.') ? [{ path: column.name, score: sure.path }] : []),
    ...(particular === undefined ? [] : [{ path: particular, score: sure.preset }]),
    ...words.map((path, i) => ({ path, score: i === 0 ? sure.word : sure.second })),
    ...fieldsNamed(object, key),
  ]
  const found = named.flatMap(each => candidate(object, column, { ...each, ...about }))
  if (found.length > 0) return found
  const kind = kindOf(column.values)
  return kind === undefined ? [] : candidate(object, column, { path: kind, score: sure.values, ...about })
}

/** The ids of our own records, in a file that was exported here. */
function areOwnIds(object: ObjectDefinition, { name, values }: Column): boolean {
  return name === 'id' && values.length > 0 && values.every(value => isTypeId(value, object.prefix))
}

function candidate(
  object: ObjectDefinition,
  { values, rows }: Column,
  { path, score, column, preset }: Named & About,
): Candidate[] {
  const whole = path === 'externalIds' ? `externalIds.${preset?.name ?? otherSystem}` : path
  const target = targetOf(object, whole)
  if (typeof target === 'string') return []
  const dated = withDateOrder(object, target, values)
  const share = convertible(dated, values)
  // An empty column gives way to one with values.
  const weight = values.length === 0 && rows >= 3 ? 0.5 : 1
  return share < 0.5 ? [] : [{ column, target: dated, score: score * share * weight }]
}

/** A field by its name or one of its labels; of those made of parts, none: a header names a part. */
function fieldsNamed(object: ObjectDefinition, key: string): Named[] {
  return Object.entries(object.fields).flatMap(([path, { label }]) => {
    if (headerKey(path) === key) return [{ path, score: sure.field }]
    return [label.en, label.zh].some(text => headerKey(text) === key) ? [{ path, score: sure.label }] : []
  })
}

function withDateOrder(object: ObjectDefinition, target: MappingTarget, values: readonly string[]): MappingTarget {
  if (target.part !== '' || (target.definition.type !== 'date' && target.definition.type !== 'dateTime')) return target
  const order = dateOrderOf(values)
  const dated = order === '' ? target : targetOf(object, `${target.path}.${order}`)
  return typeof dated === 'string' ? target : dated
}

/** Share of the values that the place takes; 1 where there are too few to tell. */
function convertible(target: MappingTarget, values: readonly string[]): number {
  const told = values.filter(value => !isEmptyCell(value, target.definition)).slice(0, 200)
  if (told.length < 3) return 1
  const fitting = told.filter(value => 'value' in convertCell(target, value, settings) && valuesFit(target, value))
  return fitting.length / told.length
}
