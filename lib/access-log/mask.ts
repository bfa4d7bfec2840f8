import { isId } from '#lib/runtime/ids.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

/** Parameters whose values say what was asked, never whom about: all others are masked. */
const plainParameters = new Set([
  ...['limit', 'sort', 'fields', 'trash', 'owner', 'parent', 'asOf', 'object', 'objects', 'status', 'kind', 'format'],
  ...['dryRun', 'allowDuplicates', 'from', 'to', 'actor', 'record', 'action', 'month', 'state', 'name', 'file', 'id'],
  ...['mergeId', 'system'],
])
/** The same of bodies; of a record's fields none. */
const plainMembers = new Set([
  ...['object', 'kind', 'format', 'encoding', 'decision', 'onDuplicate', 'op', 'toVersion'],
  ...['part', 'first', 'last', 'segment', 'dryRun', 'atomic', 'full'],
])
const longestFilter = 500
/** 100: more fields or operations than a request has; a hostile one may have a million. */
const mostNames = 100

/** Stands for a value: how long it is, not what it is. */
function masked(value: string): string {
  return `***(${value.length})`
}

/** Parameters of a path or query with personal values masked. */
export function maskParameters(parameters: Readonly<Record<string, string | undefined>>): JsonObject {
  const entries = Object.entries(parameters).slice(0, mostNames)
  return Object.fromEntries(entries.map(([name, value = '']) => [plainName(name), maskParameter(name, value)]))
}

/** What a body asks for: names of fields; of values only ids, switches and what `plainMembers` lists. */
export function maskBody(body: unknown): JsonObject {
  if (!isPlainObject(body)) return {}
  const { operations, ...rest } = body
  const steps = Array.isArray(operations) ? { operations: operations.slice(0, mostNames).map(maskBody) } : {}
  const names = Object.keys(rest).slice(0, mostNames)
  const kept = names.flatMap(name => {
    const value = keptValue(name, rest[name])
    return value === undefined ? [] : [[name, value] as const]
  })
  return { fields: names.map(plainName), ...Object.fromEntries(kept), ...steps }
}

/** A path whose steps are masked but for names of the API and ids. */
export function maskPath(path: string): string {
  const steps = path.slice(0, 500).split('/')
  return steps
    .map(step => (step === '' || /^[a-z][a-z0-9-]{0,30}(\.json)?$/.test(step) || isId(step) ? step : masked(step)))
    .join('/')
}

function maskParameter(name: string, value: string): string {
  if (name === 'filter') return maskFilter(value)
  return plainParameters.has(name) ? maskText(value) : masked(value)
}

/** What the API's own words are made of, ids included. */
function maskText(value: string): string {
  return /^[\w.,:+-]{0,300}$/.test(value) ? value : masked(value)
}

/** A condition without what it compares with: texts, and numbers that could be a phone's. */
function maskFilter(filter: string): string {
  return filter
    .slice(0, longestFilter)
    .replace(/"(?:[^"\\]|\\.)*("|$)|'(?:[^'\\]|\\.)*('|$)/g, '"***"')
    .replace(/\d{5,}/g, '***')
}

function keptValue(name: string, value: unknown): Json | undefined {
  if (name === 'filter' && typeof value === 'string') return maskFilter(value)
  if (typeof value === 'string') return isId(value) || plainMembers.has(name) ? maskText(value) : undefined
  if (typeof value === 'number' || typeof value === 'boolean') return plainMembers.has(name) ? value : undefined
  if (!Array.isArray(value)) return undefined
  const ids = value.filter(each => typeof each === 'string' && isId(each)).slice(0, mostNames)
  if (ids.length > 0) return ids
  // What of a record is exported: names of fields.
  return name === 'fields' ? value.slice(0, mostNames).map(each => plainName(String(each))) : undefined
}

/** Where something is wrong in a body: names of the API, places in lists. */
export function maskPointer(pointer: string): string {
  const steps = pointer.slice(0, 200).split('/')
  return steps.map(step => (step === '' || /^\d{1,4}$/.test(step) ? step : plainName(step))).join('/')
}

/** Names are the API's own words; what is none of them may be anything. */
function plainName(name: string): string {
  return /^[A-Za-z][\w.-]{0,59}$/.test(name) ? name : masked(name)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
