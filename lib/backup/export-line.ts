import { isJsonObject, type JsonObject } from '#schemas/json.ts'

/** What a file of the vault holds on each of its lines. */
export type LineKind = 'item' | 'change' | 'object'

/** An item of the table as it stood, in DynamoDB JSON. */
export type ItemLine = { Item: JsonObject }

/** An item that changed: its key, and what it is now; without `NewImage` it was deleted. In DynamoDB JSON. */
export type ChangeLine = { Metadata: JsonObject; Keys: JsonObject; NewImage?: JsonObject; OldImage?: JsonObject }

/** A line of a full export; undefined where it is none. */
export function parseItemLine(line: string): ItemLine | undefined {
  const value = parse(line)
  return isItemLine(value) ? value : undefined
}

/** A line of an incremental export; undefined where it is none. */
export function parseChangeLine(line: string): ChangeLine | undefined {
  const value = parse(line)
  return isChangeLine(value) ? value : undefined
}

/** Whether a line is what a file of its kind has. */
export function isLineOf(kind: LineKind, line: string): boolean {
  const value = parse(line)
  if (kind === 'item') return isItemLine(value)
  if (kind === 'change') return isChangeLine(value)
  return isJsonObject(value) && typeof value['key'] === 'string' && typeof value['versionId'] === 'string'
}

function isItemLine(value: unknown): value is ItemLine {
  return isJsonObject(value) && hasKey(value['Item'])
}

function isChangeLine(value: unknown): value is ChangeLine {
  if (!isJsonObject(value) || !isJsonObject(value['Metadata']) || !hasKey(value['Keys'])) return false
  return (value['NewImage'] === undefined || hasKey(value['NewImage'])) && isAbsentOrObject(value['OldImage'])
}

function isAbsentOrObject(value: unknown): boolean {
  return value === undefined || isJsonObject(value)
}

/** Every table of ours is keyed by two texts. */
function hasKey(value: unknown): value is JsonObject {
  return isJsonObject(value) && isText(value['pk']) && isText(value['sk'])
}

function isText(value: unknown): boolean {
  return isJsonObject(value) && typeof value['S'] === 'string'
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
