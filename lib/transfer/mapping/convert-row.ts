import type { CsvProblem, CsvRow } from '#lib/transfer/csv/read-csv.ts'
import { convertCell, givesList, isEmptyCell } from '#lib/transfer/mapping/convert-cell.ts'
import { joinName } from '#lib/transfer/mapping/join-name.ts'
import { isNamePart, type MappingTarget, targetOf } from '#lib/transfer/mapping/mapping-target.ts'
import type { Mapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

/** Where the columns of a mapping go, worked out once: the same mapping, which nobody changes, serves every row of a file. */
const plans = new WeakMap<Mapping, { object: ObjectDefinition; targets: Map<string, MappingTarget> }>()

type Names = { field: string; first: string; last: string }

/**
 * Turns a row of text into the input that createRecord takes; empty cells are left out. References and users keep their text (an id, another
 * system's id, an e-mail address, a name): the caller looks them up. Every problem names column, value and fix.
 */
export function convertRow(
  object: ObjectDefinition,
  mapping: Mapping,
  header: readonly string[],
  row: CsvRow,
  tenant: TenantSettings,
): { input: JsonObject; problems: CsvProblem[] } {
  const input: JsonObject = {}
  const problems: CsvProblem[] = []
  let names: Names | undefined
  const targets = targetsOf(object, mapping)
  for (const [i, name] of header.entries()) {
    const target = targets.get(name)
    const cell = row.cells[i] ?? ''
    if (!target || isEmptyCell(cell, target.definition)) continue
    if (isNamePart(target)) {
      names = { first: '', last: '', ...names, field: target.field, [target.part]: cell.trim() }
      continue
    }
    const result = convertCell(target, cell, tenant)
    if ('value' in result) put(input, target, result.value)
    else
      problems.push({ row: row.row, column: i + 1, code: result.code, detail: sentence(i, name, cell, result.problem) })
  }
  if (names && input[names.field] === undefined) input[names.field] = joinName(names.first, names.last)
  return { input, problems }
}

function targetsOf(object: ObjectDefinition, mapping: Mapping): Map<string, MappingTarget> {
  const known = plans.get(mapping)
  if (known?.object === object) return known.targets
  const targets = new Map<string, MappingTarget>()
  for (const [header, path] of Object.entries(mapping)) {
    const target = path === '' ? '' : targetOf(object, path)
    if (typeof target !== 'string') targets.set(header, target)
  }
  plans.set(mapping, { object, targets })
  return targets
}

function put(input: JsonObject, target: MappingTarget, value: Json): void {
  const { field, part, definition } = target
  const before = input[field]
  if (givesList(target)) {
    const list = Array.isArray(before) ? before : []
    const added = Array.isArray(value) ? value : [value]
    // Two columns may say the same; a list of words holds each once.
    input[field] = [...list, ...added.filter(item => typeof item !== 'string' || !list.includes(item))]
  } else if (definition.type === 'address') {
    input[field] = { ...(isJsonObject(before) ? before : {}), [part]: value }
  } else {
    input[field] = value
  }
}

function sentence(column: number, header: string, cell: string, problem: string): string {
  const text = cell.trim().replace(/\s+/g, ' ')
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text
  return `Column ${column + 1} (${header}): ${JSON.stringify(shown)} ${problem}`
}
