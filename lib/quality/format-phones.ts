import { parsePhone } from '#lib/quality/parse-phone.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/**
 * A phone list with its numbers in E.164, the text kept as `entered`; the very list it got when there is nothing to do.
 * @param region whose numbers those without a country code are; none: they stay.
 */
export function formatPhones(list: Json, region: string | undefined): Json {
  if (!Array.isArray(list)) return list
  const formatted = list.map(entry => (isJsonObject(entry) ? formatEntry(entry, region) : entry))
  return formatted.some((entry, i) => entry !== list[i]) ? formatted : list
}

/** Only a number that the plans know, read as a whole: of any other nobody knows what it means. */
function formatEntry(entry: JsonObject, region: string | undefined): JsonObject {
  const { value } = entry
  if (typeof value !== 'string' || isE164(value)) return entry
  const { isValid, e164, extension } = parsePhone(value, region ?? '')
  const isOther = extension !== undefined && entry['extension'] !== undefined && entry['extension'] !== extension
  if (!isValid || e164 === undefined || isOther) return entry
  return { ...entry, value: e164, entered: entry['entered'] ?? value, ...(extension ? { extension } : {}) }
}

/** A 0 after China's country code is that of `0086 (0)20 ...`: no number of China begins with it. */
function isE164(text: string): boolean {
  return /^\+\d+$/.test(text) && !text.startsWith('+860')
}
