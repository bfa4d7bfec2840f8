import { CrmError } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { parseInput } from '#lib/records/input.ts'
import { defineObject, type FieldDefinition } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'

export const label = { en: 'Field', zh: '字段' }
const china = { phoneRegion: 'CN', currency: 'CNY' }

/** Sends a value through a field: what is stored, `cleared`, or each problem as `pointer code`. */
export async function checkField(
  field: FieldDefinition,
  value: unknown,
  settings: { phoneRegion: string; currency: string } = china,
): Promise<Json | string> {
  const object = defineObject({
    name: 'thing',
    plural: 'things',
    prefix: 'thing',
    label,
    pluralLabel: label,
    titleField: 'value',
    fields: { value: field },
  })
  try {
    const { set, clear } = await parseInput(compileObject(object, settings), { value })
    return clear.includes('value') ? 'cleared' : (set['value'] ?? 'lost')
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    return error.errors.map(({ pointer, code }) => `${pointer} ${code}`).join(', ')
  }
}
