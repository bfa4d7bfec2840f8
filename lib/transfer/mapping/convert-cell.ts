import { type CellResult, isShortened, shortened, wrong } from '#lib/transfer/mapping/cell-result.ts'
import { convertDate, convertDateTime } from '#lib/transfer/mapping/convert-date.ts'
import { convertDuration } from '#lib/transfer/mapping/convert-duration.ts'
import { convertMoney, convertNumber } from '#lib/transfer/mapping/convert-number.ts'
import { convertBoolean, convertOption } from '#lib/transfer/mapping/convert-option.ts'
import { countryCode } from '#lib/transfer/mapping/country-codes.ts'
import { type DateOrder, dateOrders, entryFields, type MappingTarget } from '#lib/transfer/mapping/mapping-target.ts'
import { splitCell, splitEmails, splitPhones } from '#lib/transfer/mapping/split-cell.ts'
import type { FieldDefinition, FieldOf, ScalarFieldDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

type Settings = Pick<TenantSettings, 'timeZone' | 'currency'>
type Scalar = { definition: ScalarFieldDefinition; part: string; settings: Settings }

/** Spreadsheet errors: the cell's value was lost before it was exported. */
const spreadsheetError = /^#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|名称\?)$/i
/** What stands in cells to say that there is nothing. */
const nothing = /^(?:[-–—_/\\.·。?？]+|n\/?a|null|nil|none|nan|undefined|无|暂无|没有|未知|不详|未填|空)$/i

/**
 * Whether a cell says nothing: no visible text, or for values that are more than words a stand-in such as `-`, `N/A` or 无.
 */
export function isEmptyCell(cell: string, definition: FieldDefinition): boolean {
  const text = cell.normalize('NFKC').trim()
  if (text === '') return true
  const isWords = definition.type === 'text' || definition.type === 'longText' || definition.type === 'boolean'
  return isWords ? /^(?:null|nan|undefined)$/i.test(text) : nothing.test(text)
}

/** Whether the values of several columns, and of one cell, are put in a list. */
export function givesList({ definition }: MappingTarget): boolean {
  return ['emails', 'phones', 'list', 'tags', 'multiSelect'].includes(definition.type)
}

/** The value that a cell gives its place; a list's entries as a list. The engine's own checks of the value follow later. */
export function convertCell(target: MappingTarget, cell: string, settings: Settings): CellResult {
  const text = cell.trim()
  if (spreadsheetError.test(text))
    return wrong('spreadsheet_error', 'is an error of the spreadsheet; mend its formula and save again.')
  const { definition, part } = target
  switch (definition.type) {
    case 'emails':
      return { value: splitEmails(text).map(value => entry(value, part)) }
    case 'phones':
      return phones(text, part)
    case 'tags':
      return { value: splitCell(text) }
    case 'multiSelect':
      return all(splitCell(text).map(piece => convertOption(piece, definition.options)))
    case 'address':
      return addressPart(text, part)
    case 'list':
      return listEntry(definition, { text, part, settings })
    case 'json':
      return json(text)
    default:
      return scalar({ definition, part, settings }, text)
  }
}

function scalar({ definition, part, settings }: Scalar, text: string): CellResult {
  const order: DateOrder | '' = dateOrders.find(known => known === part) ?? ''
  switch (definition.type) {
    case 'date':
      return convertDate(text, { order, timeZone: settings.timeZone })
    case 'dateTime':
      return convertDateTime(text, { order, timeZone: settings.timeZone })
    case 'number':
      return convertNumber(text)
    case 'money':
      return convertMoney(text, { column: part, tenant: settings.currency })
    case 'boolean':
      return convertBoolean(text)
    case 'select':
      return convertOption(text, definition.options)
    case 'duration':
      return { value: convertDuration(text) }
    case 'text':
      return isShortened(text) && definition.matchOn ? shortened : { value: text }
    default:
      return { value: text }
  }
}

function phones(text: string, label: string): CellResult {
  const numbers = splitPhones(text)
  if (numbers.some(isShortened)) return shortened
  // 13800138000.0: a program took the column for numbers.
  return { value: numbers.map(value => entry(value.replace(/^(\d{7,})\.0+$/, '$1'), label)) }
}

function entry(value: string, label: string): JsonObject {
  return label === '' ? { value } : { value, label }
}

function addressPart(text: string, part: string): CellResult {
  if (part !== 'country') return { value: text.replace(/\s*[\r\n]+\s*/g, ' ') }
  const code = countryCode(text)
  return code === undefined
    ? wrong('invalid_country', 'is no country; write its two-letter code such as CN.')
    : { value: code }
}

function listEntry(
  definition: FieldOf<'list'>,
  { text, part, settings }: { text: string; part: string; settings: Settings },
): CellResult {
  const fields = entryFields(definition)
  const value = fields && definition.fields[fields.value]
  if (!fields || !value) return wrong('invalid_mapping', 'cannot be put into this field; leave the column out.')
  if (isShortened(text)) return shortened
  const result = scalar({ definition: value, part: '', settings }, text)
  return 'value' in result ? { value: [{ [fields.key]: part, [fields.value]: result.value }] } : result
}

function json(text: string): CellResult {
  try {
    const value: Json = JSON.parse(text)
    return { value }
  } catch {
    return wrong('invalid_json', 'is no JSON; write it like {"key": "value"}.')
  }
}

function all(results: CellResult[]): CellResult {
  const failed = results.find(result => !('value' in result))
  return failed ?? { value: results.flatMap(result => ('value' in result ? [result.value] : [])) }
}
