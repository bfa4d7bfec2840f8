import { isId } from '#lib/runtime/ids.ts'

/** 200: the largest page; a search shows no more. */
const mostShown = 200

/**
 * Ids of the records that an answer shows: of itself, of what it lists (`items`, `results`, `duplicates`), and of what
 * those hold one level down, as lines of a timeline and results of a batch do.
 */
export function shownIds(json: unknown): string[] {
  const ids = new Set<string>()
  addId(ids, json)
  for (const each of listedIn(json)) {
    if (ids.size >= mostShown) break
    addId(ids, each)
    for (const part of Object.values(each)) addPart(ids, part)
  }
  return [...ids].slice(0, mostShown)
}

/** Whether an answer hands out a presigned address: whoever has it gets the file. */
export function handsOutFile(json: unknown, location: string | undefined): boolean {
  if (location?.includes('X-Amz-Signature=')) return true
  const parts = isObject(json) ? [json, ...Object.values(json).filter(isObject)] : []
  return parts.some(part => typeof part['url'] === 'string' && part['url'].includes('X-Amz-Signature='))
}

function listedIn(json: unknown): Record<string, unknown>[] {
  if (!isObject(json)) return []
  return ['items', 'results', 'duplicates'].flatMap(name => {
    const list = json[name]
    return Array.isArray(list) ? list.filter(isObject) : []
  })
}

/** `members` are those of a group of duplicates. */
function addPart(ids: Set<string>, part: unknown): void {
  if (Array.isArray(part)) for (const each of part) addId(ids, each)
  else addId(ids, part)
}

function addId(ids: Set<string>, value: unknown): void {
  if (!isObject(value)) return
  const id = value['id']
  if (typeof id === 'string' && isId(id)) ids.add(id)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
