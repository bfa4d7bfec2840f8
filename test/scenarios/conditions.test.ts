import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { type Crm, type Reply, useCrm } from '../support/crm.ts'

/** RFC 9110 8.8.3 and 13: each line of the file is one promise, kept by the check of the same name below. */
type Case = { method: string; header: string; value: string; expected: string }
const cases: Case[] = parse(readFileSync(new URL('../data/if_match_cases.csv', import.meta.url)), { columns: true })

const crm = useCrm()
const writes = ['PUT', 'PATCH', 'DELETE'] as const
type Write = (typeof writes)[number]

/** A customer at version 2 that PUT, PATCH and DELETE can reach. */
type Target = { id: string; current: string; stale: string; put: string; path: string }

let made = 0

async function target(crm: Crm): Promise<Target> {
  const externalId = `K-${++made}`
  const put = `/v1/customers/external/erp/${externalId}`
  const { json } = await crm.send({ as: 'manager', method: 'PUT', path: put, body: { name: 'One' } })
  const path = `/v1/customers/${json.id}`
  await crm.send({ as: 'manager', method: 'PATCH', path, body: { name: 'Two' } })
  return { id: json.id, current: `"${json.id}.2"`, stale: `"${json.id}.1"`, put, path }
}

async function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Reply> {
  const reply = await crm.send({ as: 'manager', method, path, headers, body })
  expectContract({ method, path }, reply)
  return reply
}

const read = (target: Target, ifNoneMatch: string) => send('GET', target.path, { 'if-none-match': ifNoneMatch })

function write(method: Write, target: Target, headers: Record<string, string>): Promise<Reply> {
  const body = method === 'DELETE' ? undefined : { name: `By ${method}` }
  return send(method, method === 'PUT' ? target.put : target.path, headers, body)
}

/** Does the same write by every method, each to a record of its own. */
async function eachWrite(
  ifMatch: (target: Target) => string,
  check: (reply: Reply, target: Target, method: Write) => Promise<void> | void,
): Promise<void> {
  for (const method of writes) {
    const record = await target(crm)
    await check(await write(method, record, { 'if-match': ifMatch(record) }), record, method)
  }
}

function expectDone(reply: Reply, target: Target, method: Write): void {
  expect(reply.status, method).toBe(method === 'DELETE' ? 204 : 200)
  expect(reply.headers['etag'], method).toBe(method === 'DELETE' ? undefined : `"${target.id}.3"`)
}

async function expectRefused(reply: Reply, target: Target): Promise<void> {
  expect(reply.status, reply.text).toBe(412)
  expect(reply.json).toMatchObject({ code: 'version_conflict' })
  await expectUnchanged(target)
}

async function expectUnchanged(target: Target): Promise<void> {
  const { json } = await send('GET', target.path, {})
  expect(json).toMatchObject({ version: 2, name: 'Two' })
}

const checks: Record<string, () => Promise<void>> = {
  'GET If-None-Match current': async () => {
    const record = await target(crm)
    const reply = await read(record, record.current)
    expect(reply).toMatchObject({ status: 304, text: '', headers: { etag: record.current } })
  },
  'GET If-None-Match W/current': async () => {
    const record = await target(crm)
    expect((await read(record, `W/${record.current}`)).status).toBe(304)
  },
  'GET If-None-Match stale': async () => {
    const record = await target(crm)
    expect((await read(record, record.stale)).status).toBe(200)
  },
  'GET If-None-Match *': async () => expect((await read(await target(crm), '*')).status).toBe(304),
  'GET If-None-Match stale, current': async () => {
    const record = await target(crm)
    expect((await read(record, `${record.stale}, ${record.current}`)).status).toBe(304)
  },
  'PUT/PATCH/DELETE If-Match current': () => eachWrite(({ current }) => current, expectDone),
  'PUT/PATCH/DELETE If-Match stale': () => eachWrite(({ stale }) => stale, expectRefused),
  'PUT/PATCH/DELETE If-Match W/current': () => eachWrite(({ current }) => `W/${current}`, expectRefused),
  'PUT/PATCH/DELETE If-Match *': async () => {
    await eachWrite(() => '*', expectDone)
    const missing = { id: '', current: '', stale: '', put: '/v1/customers/external/erp/none' }
    for (const method of writes) {
      const path = '/v1/customers/cust_01jq2v7m4hf8r9s0t1v2w3x4y5'
      const reply = await write(method, { ...missing, path }, { 'if-match': '*' })
      expect(reply.status, method).toBe(412)
    }
  },
  'PUT/PATCH/DELETE If-Match stale, current': () =>
    eachWrite(({ stale, current }) => `${stale}, ${current}`, expectDone),
  'PUT/PATCH/DELETE If-Match unquoted current': () =>
    eachWrite(
      ({ current }) => current.slice(1, -1),
      async (reply, target) => {
        expect(reply.status).toBe(400)
        await expectUnchanged(target)
      },
    ),
  'PUT/PATCH/DELETE If-Match ""': () => eachWrite(() => '""', expectRefused),
  // No condition, no check: the last writer wins, and history tells what was there before.
  'PUT/PATCH/DELETE (none) ': async () => {
    for (const method of writes) {
      const record = await target(crm)
      expectDone(await write(method, record, {}), record, method)
    }
  },
  'PUT If-None-Match *': async () => {
    const record = await target(crm)
    await expectRefused(await write('PUT', record, { 'if-none-match': '*' }), record)
    const put = `/v1/customers/external/erp/K-${++made}`
    const reply = await send('PUT', put, { 'if-none-match': '*' }, { name: 'New' })
    expect(reply.status).toBe(201)
  },
  'PATCH If-Match tag of another record': async () => {
    const [record, other] = [await target(crm), await target(crm)]
    await expectRefused(await write('PATCH', record, { 'if-match': other.current }), record)
    await expectRefused(await write('PUT', record, { 'if-match': other.current }), record)
  },
  // Tenants share nothing, so another tenant's record is one that this tenant never had, or hides from the caller.
  'PATCH If-Match tag of the same record in another tenant': async () => {
    const record = await target(crm)
    const headers = { 'if-match': record.current }
    const hidden = await crm.send({ as: 'rep2', method: 'PATCH', path: record.path, headers, body: { name: 'x' } })
    expect(hidden.status).toBe(404)
    const path = '/v1/customers/cust_01jq2v7m4hf8r9s0t1v2w3x4y5'
    const missing = await send('PATCH', path, { 'if-match': '"cust_01jq2v7m4hf8r9s0t1v2w3x4y5.1"' }, { name: 'x' })
    expect(missing.status).toBe(404)
  },
  'DELETE then PUT If-Match tag before the delete': async () => {
    const record = await target(crm)
    expect((await write('DELETE', record, {})).status).toBe(204)
    expect((await write('PUT', record, { 'if-match': record.current })).status).toBe(412)
    expect((await write('PATCH', record, { 'if-match': record.current })).status).toBe(404)
  },
  'PATCH If-Match + Idempotency-Key current, the same request repeated': async () => {
    const record = await target(crm)
    const headers = { 'if-match': record.current, 'idempotency-key': 'once' }
    const [first, second] = [await write('PATCH', record, headers), await write('PATCH', record, headers)]
    expect(second).toMatchObject({ status: 200, json: first.json })
    expect(second.headers).toMatchObject({ etag: first.headers['etag'], 'idempotency-replayed': 'true' })
  },
  'PATCH If-Match + Idempotency-Key same key, other body': async () => {
    const record = await target(crm)
    const headers = { 'if-match': record.current, 'idempotency-key': 'twice' }
    const first = await write('PATCH', record, headers)
    const other = await send('PATCH', record.path, headers, { name: 'Other' })
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } })
    expect((await send('GET', record.path, {})).json).toEqual(first.json)
  },
  'PATCH If-Match 100 writers, one tag': async () => {
    const record = await target(crm)
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        send('PATCH', record.path, { 'if-match': record.current }, { name: `Writer ${i}` }),
      ),
    )
    const statuses = replies.map(reply => reply.status).toSorted((a, b) => a - b)
    expect(statuses).toEqual([200, ...Array.from({ length: 99 }, () => 412)])
    expect((await send('GET', record.path, {})).json.version).toBe(3)
  },
  'GET ETag of two reads with no write between ': async () => {
    const record = await target(crm)
    const [first, second] = [await send('GET', record.path, {}), await send('GET', record.path, {})]
    expect(second.headers['etag']).toBe(first.headers['etag'])
  },
  // Documented: a write that changes nothing keeps version and tag, so the chain of If-Match goes on.
  'GET ETag after a write that changes nothing ': async () => {
    const record = await target(crm)
    const same = await send('PATCH', record.path, { 'if-match': record.current }, { name: 'Two' })
    expect(same.headers['etag']).toBe(record.current)
    expect((await write('PATCH', record, { 'if-match': record.current })).status).toBe(200)
  },
}

describe('conditional requests (RFC 9110)', () => {
  it('are checked case by case', () => {
    expect(cases).toHaveLength(22)
    expect(cases.map(nameOf).toSorted()).toEqual(Object.keys(checks).toSorted())
  })

  for (const row of cases) it(`${nameOf(row)}: ${row.expected}`, () => checks[nameOf(row)]?.())
})

describe('conditions that make no sense', () => {
  it.each([
    ['PATCH', { 'if-none-match': '*' }],
    ['DELETE', { 'if-none-match': '"x.1"' }],
    ['PUT', { 'if-none-match': '"x.1"' }],
    ['PATCH', { 'if-match': '"x.1", nonsense' }],
  ] as const)('%s with %j is refused instead of ignored', async (method, headers) => {
    const record = await target(crm)
    expect((await write(method, record, headers)).status).toBe(400)
    await expectUnchanged(record)
  })
})

function nameOf({ method, header, value }: Case): string {
  return `${method} ${header} ${value}`
}
