import { expect, it } from 'vitest'
import { expectContract } from './contract.ts'
import type { Caller, Crm, Reply } from './crm.ts'

type Values = Record<string, string>
type Verb = { [verb in 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head']?: string }

/**
 * One request and what must come of it. `{name}` in the path, a header or the body is a value that `given` returned.
 * Beside what it says, every answer is held against the OpenAPI document, and none may be a 5xx.
 */
export type Scenario = Verb & {
  name: string
  as?: Caller
  /** Makes what the request needs. */
  given?: (crm: Crm) => Promise<Values>
  headers?: Values
  body?: unknown
  status: number
  /** Code of the problem. */
  code?: string
  /** What the JSON body must hold at least. */
  json?: object
  /** Response headers, by value or pattern. */
  sends?: Record<string, string | RegExp | undefined>
  /** Record events that the request causes, in any order. */
  events?: string[]
  /** Anything else that must be so. */
  also?: (reply: Reply, values: Values, crm: Crm) => void | Promise<void>
}

/** Makes a test of each scenario. */
export function scenarios(crm: Crm, rows: readonly Scenario[]): void {
  for (const row of rows) it(row.name, () => run(crm, row))
}

async function run(crm: Crm, row: Scenario): Promise<void> {
  const values = (await row.given?.(crm)) ?? {}
  const request = { as: row.as, ...filled(requestOf(row), values) }
  const reply = await crm.send(request)
  expect(reply.status, `${request.method} ${request.path}: ${reply.text.slice(0, 1_000)}`).toBe(row.status)
  expectContract(request, reply)
  if (row.code) expect(reply.json.code).toBe(row.code)
  if (row.json) expect(reply.json).toMatchObject(filled(row.json, values))
  for (const [name, wanted] of Object.entries(filled(row.sends ?? {}, values))) expectHeader(reply, name, wanted)
  if (row.events) expect(await eventsOf(crm, reply)).toEqual(row.events.toSorted())
  await row.also?.(reply, values, crm)
}

function requestOf(row: Scenario) {
  for (const verb of ['get', 'post', 'put', 'patch', 'delete', 'head'] as const) {
    const path = row[verb]
    if (path !== undefined) return { method: verb.toUpperCase(), path, headers: row.headers, body: row.body }
  }
  throw new Error(`${row.name}: says no request`)
}

async function eventsOf(crm: Crm, reply: Reply): Promise<string[]> {
  const events = await crm.tap().eventsOf(reply.headers['x-request-id'] ?? '')
  return events.map(event => event['detail-type']).toSorted()
}

function expectHeader(reply: Reply, name: string, wanted: string | RegExp | undefined): void {
  if (wanted instanceof RegExp) expect(reply.headers[name], name).toMatch(wanted)
  else expect(reply.headers[name], name).toBe(wanted)
}

/** Puts values in place of `{name}`, everywhere in a structure. */
function filled<T>(part: T, values: Values): T
function filled(part: unknown, values: Values): unknown {
  if (typeof part === 'string') return part.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
  if (Array.isArray(part)) return part.map(each => filled(each, values))
  if (part === null || typeof part !== 'object' || Object.getPrototypeOf(part) !== Object.prototype) return part
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, filled(value, values)]))
}
