import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createConnection } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { type Reply, useCrm } from '../support/crm.ts'

const crm = useCrm()
const path = '/v1/customers'

type Case = { name: string; make: string; expect: string }
const cases: Case[] = read('hostile_bodies.json')
const massAssignment: { field: string; values: unknown[] }[] = read('mass_assignment.json')

async function post(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Reply> {
  const reply = await crm.send({ as: 'rep', method: 'POST', path, body, headers })
  expect(reply.status, reply.text.slice(0, 300)).toBeLessThan(500)
  return reply
}

async function expectStatus(body: string | Uint8Array, statuses: number[], headers?: Record<string, string>) {
  const reply = await post(body, headers)
  expect(statuses, reply.text.slice(0, 300)).toContain(reply.status)
  expectContract({ method: 'POST', path }, reply)
  return reply
}

const create = (more: string) => `{"name":"x",${more}}`
const withName = (json: string) => `{"name":${json}}`

const checks: Record<string, () => Promise<unknown>> = {
  deep_array_100k: () => expectStatus('['.repeat(100_000) + ']'.repeat(100_000), [400]),
  deep_object_20k: () => expectStatus(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, [400]),
  wide_object_200k_keys: async () => {
    const members = Array.from({ length: 200_000 }, (_, i) => `"k${i}":1`)
    const before = performance.now()
    await expectStatus(`{${members.slice(0, 60_000).join(',')}}`, [400])
    await expectStatus(`{${members.join(',')}}`, [400, 413])
    expect(performance.now() - before).toBeLessThan(2_000)
  },
  dup_keys: async () => {
    const reply = await expectStatus('{"role":"viewer","role":"admin"}', [400])
    expect(reply.json.errors).toMatchObject([{ pointer: '/role', code: 'repeated' }])
    await expectStatus('{"name":"a","n\\u0061me":"b"}', [400])
  },
  proto: async () => {
    await expectStatus('{"__proto__":{"role":"admin"},"name":"x"}', [400])
    await expectStatus('{"\\u005f_proto__":{"role":"admin"},"name":"x"}', [400])
  },
  constructor: () => expectStatus('{"constructor":{"prototype":{"role":"admin"}},"name":"x"}', [400]),
  big_number: async () => {
    const reply = await expectStatus('{"amount":1e400}', [400])
    expect(reply.json.errors[0]).toMatchObject({ pointer: '/amount', code: 'number_out_of_range' })
  },
  precision: async () => {
    const reply = await expectStatus('{"externalId":9007199254740993}', [400])
    expect(reply.json.errors[0]).toMatchObject({ pointer: '/externalId', code: 'number_out_of_range' })
  },
  neg_zero: async () => {
    const body = '{"type":"call","subject":"x","durationMinutes":-0}'
    const reply = await crm.send({ as: 'rep', method: 'POST', path: '/v1/activities', body })
    expect(reply.status).toBe(201)
    expect(Object.is(reply.json.durationMinutes, 0)).toBe(true)
  },
  lone_surrogate: () => expectStatus(withName('"\\ud800"'), [400]),
  nul_char: () => expectStatus(withName('"a\\u0000b"'), [400]),
  rtl_override: () => expectStatus(withName('"abc\\u202egnp.exe"'), [400]),
  body_1MB: () => expectStatus(create(`"tags":["${'n'.repeat(1_048_576)}"]`), [413]),
  body_6MB: () => expectStatus(create(`"tags":["${'n'.repeat(6_500_000)}"]`), [413]),
  body_10MB: () => expectStatus(new Uint8Array(10_485_761).fill(0x20), [413]),
  header_64kB: async () => expect([400, 431]).toContain(await statusWithHeader('n'.repeat(65_536))),
  slow_body: async () => {
    const slow = dribble()
    const started = performance.now()
    const others = await Promise.all(Array.from({ length: 20 }, () => crm.send({ method: 'GET', path: '/health' })))
    expect(others.map(reply => reply.status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(performance.now() - started).toBeLessThan(5_000)
    slow.destroy()
  },
  content_type_xml: () => expectStatus('<a/>', [415], { 'content-type': 'application/xml' }),
  charset_utf16: () =>
    expectStatus(Buffer.from(withName('"x"'), 'utf16le'), [415], {
      'content-type': 'application/json; charset=utf-16',
    }),
  gzip_body_bomb: async () => {
    const before = process.memoryUsage().rss
    await expectStatus(gzipSync(Buffer.alloc(100_000_000)), [413, 415], { 'content-encoding': 'gzip' })
    expect(process.memoryUsage().rss - before).toBeLessThan(256_000_000)
  },
  limit_1e9: async () => {
    const reply = await crm.send({ as: 'rep', method: 'GET', path: `${path}?limit=1000000000` })
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ parameter: 'limit' }] } })
  },
  cursor_forged: async () => {
    for (const name of ['one', 'two']) await crm.create('rep', 'customers', { name })
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: `${path}?limit=1` })
    const own: string = json.nextCursor
    const edited = `${own.slice(0, -3)}${own.endsWith('AAA') ? 'BBB' : 'AAA'}`
    const made = Buffer.from('{"pk":"TENANT#other"}').toString('base64url')
    for (const cursor of [edited, own.slice(0, own.length / 2), made, '{}', '%00', 'x'.repeat(4_097)]) {
      const reply = await crm.send({
        as: 'rep',
        method: 'GET',
        path: `${path}?limit=1&cursor=${encodeURIComponent(cursor)}`,
      })
      expect(reply.status, cursor).toBe(400)
      expectContract({ method: 'GET', path }, reply)
    }
    const theirs = await crm.send({ as: 'rep2', method: 'GET', path: `${path}?limit=1&cursor=${own}` })
    expect(theirs).toMatchObject({ status: 400, json: { code: 'invalid_cursor' } })
  },
}

describe('hostile requests', () => {
  it('are checked case by case', () =>
    expect(cases.map(each => each.name).toSorted()).toEqual(Object.keys(checks).toSorted()))

  for (const { name, expect: promise } of cases)
    it(`${name}: ${promise}`, async () => {
      await checks[name]?.()
    })

  it.each([
    ['nothing but spaces', '   '],
    ['half an object', '{"name":'],
    ['two values', '{"name":"x"}{"name":"y"}'],
    ['a comment', '{"name":"x"/* */}'],
    ['a number without an end', '1e'],
    ['a text without an end', '"'],
    ['NaN', '{"name":NaN}'],
    ['a lone quote after an escape', '"\\'],
  ])('%s is refused', async (_, body) => {
    await expectStatus(body, [400])
  })

  it('invalid UTF-8 is refused or replaced, never a 5xx', async () => {
    const reply = await post(Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]))
    expect([201, 400]).toContain(reply.status)
  })

  it('leave Object.prototype as it is', () => expect(Object.keys(Object.prototype)).toEqual([]))

  it('leave the service up', async () => {
    expect((await crm.send({ method: 'GET', path: '/health' })).status).toBe(200)
    expect((await post('{"name":"still here"}')).status).toBe(201)
  })
})

describe('names the client does not own', () => {
  const own = new Set(['ownerId', 'consent', 'status'])

  it.each(massAssignment)('$field is refused, or checked like any field', async ({ field, values }) => {
    const { id } = await crm.create('rep', 'customers', { name: 'Mine' })
    const before = (await crm.send({ as: 'rep', method: 'GET', path: `${path}/${id}` })).json
    // A record without an owner is a valid wish: null clears.
    for (const value of values.filter(each => each !== null || field !== 'ownerId')) {
      const body = `{"name":"Mine",${JSON.stringify(field)}:${JSON.stringify(value)}}`
      for (const [method, url] of [
        ['POST', path],
        ['PATCH', `${path}/${id}`],
        ['PUT', `${path}/external/erp/1`],
      ] as const) {
        const reply = await crm.send({ as: 'rep', method, path: url, body })
        expect(reply.status, `${method} ${body}`).toBe(400)
        const pointers = reply.json.errors.map((error: { pointer: string }) => error.pointer)
        expect(pointers).toContain(`/${field}`)
        if (!own.has(field)) expect(['unknown_field', 'field_read_only']).toContain(reply.json.code)
      }
    }
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: `${path}/${id}` })
    expect(json).toEqual(before)
  })
})

function read(name: string) {
  return JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'))
}

/** fetch would refuse to send it. */
function statusWithHeader(value: string): Promise<number> {
  return new Promise(resolve => {
    const request = httpRequest(`${crm.stack().url}/health`, { headers: { 'x-large': value } }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('error', () => resolve(431)).end()
  })
}

/** A request whose body does not come to an end. */
function dribble() {
  const { hostname, port } = new URL(crm.stack().url)
  const socket = createConnection(Number(port), hostname, () => {
    socket.write(
      'POST /v1/customers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n{',
    )
  })
  return socket.on('error', () => undefined)
}
