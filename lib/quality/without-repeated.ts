import { isJsonObject, type Json } from '#schemas/json.ts'

/** A list without entries that say what an earlier one says; the very list it got when there are none. */
export function withoutRepeated(list: Json): Json {
  if (!Array.isArray(list)) return list
  const kept: Json[] = []
  for (const entry of list) {
    const same = kept.findIndex(earlier => adds(earlier, entry) === false)
    if (same < 0) kept.push(entry)
    else kept[same] = united(kept[same] ?? null, entry)
  }
  return kept.length === list.length ? list : kept
}

/** Whether an entry says anything that the earlier one does not. How a number was typed says nothing. */
function adds(earlier: Json, entry: Json): boolean {
  if (typeof entry === 'string') return entry !== earlier
  if (!isJsonObject(entry) || !isJsonObject(earlier)) return true
  if (typeof entry['value'] !== 'string' || entry['value'] !== earlier['value']) return true
  if ((entry['extension'] ?? '') !== (earlier['extension'] ?? '')) return true
  const { value: _value, extension: _extension, entered: _entered, primary: _primary, status, ...rest } = entry
  const tells = status !== undefined && status !== 'unverified' && status !== earlier['status']
  return tells || Object.entries(rest).some(([name, value]) => value !== earlier[name])
}

/** The earlier entry, primary if either was. */
function united(earlier: Json, entry: Json): Json {
  if (!isPrimary(entry) || !isJsonObject(earlier) || isPrimary(earlier)) return earlier
  return { ...earlier, primary: true }
}

function isPrimary(entry: Json): boolean {
  return isJsonObject(entry) && entry['primary'] === true
}
