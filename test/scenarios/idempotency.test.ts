import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { type Caller, type Reply, useCrm } from '../support/crm.ts'

/** The Stripe reference and the IETF draft: each line of the file is one promise, kept by the check of the same name. */
const cases: { case: string; expected: string }[] = parse(
  readFileSync(new URL('../data/idempotency_cases.csv', import.meta.url)),
  { columns: true },
)

const crm = useCrm()
let keys = 0
const newKey = () => `key-${++keys}`

async function create(key: string, body: object, as: Caller = 'rep', path = '/v1/customers'): Promise<Reply> {
  const reply = await crm.send({ as, method: 'POST', path, headers: { 'idempotency-key': key }, body })
  expectContract({ method: 'POST', path }, reply)
  return reply
}

async function countNamed(name: string): Promise<number> {
  const filter = encodeURIComponent(`record.name == ${JSON.stringify(name)}`)
  const { json } = await crm.send({ as: 'admin', method: 'GET', path: `/v1/customers?filter=${filter}` })
  return json.items.length
}

const checks: Record<string, () => Promise<void>> = {
  'POST create, key K, twice in sequence': async () => {
    const key = newKey()
    const [first, second] = [await create(key, { name: 'Once' }), await create(key, { name: 'Once' })]
    expect(first.status).toBe(201)
    expect(first.headers).not.toHaveProperty('idempotency-replayed')
    expect(second).toMatchObject({ status: 201, json: first.json })
    expect(second.headers).toMatchObject({
      'idempotency-replayed': 'true',
      location: first.headers['location'],
      etag: first.headers['etag'],
    })
    expect(await countNamed('Once')).toBe(1)
  },
  'same K, other body': async () => {
    const key = newKey()
    await create(key, { name: 'Said first' })
    const other = await create(key, { name: 'Said second' })
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } })
    expect(await countNamed('Said second')).toBe(0)
  },
  'same K, other tenant or user': async () => {
    const key = newKey()
    const [mine, theirs] = [await create(key, { name: 'Both' }), await create(key, { name: 'Both' }, 'rep2')]
    expect([mine.status, theirs.status]).toEqual([201, 201])
    expect(theirs.json.id).not.toBe(mine.json.id)
  },
  'same K, 50 in parallel': async () => {
    const key = newKey()
    const replies = await Promise.all(Array.from({ length: 50 }, () => create(key, { name: 'Fifty' })))
    expect(new Set(replies.map(reply => reply.status))).toEqual(new Set([201]))
    expect(new Set(replies.map(reply => reply.json.id)).size).toBe(1)
    expect(replies.filter(reply => reply.headers['idempotency-replayed'] === undefined)).toHaveLength(1)
    expect(await countNamed('Fifty')).toBe(1)
  },
  // The key is written in the transaction of the record, so to die after it is to have done both: the retry replays.
  'process killed after the write, before the answer; retry with K': async () => {
    const key = newKey()
    await abandoned(key, { name: 'Cut off' })
    const retry = await create(key, { name: 'Cut off' })
    expect(retry.status).toBe(201)
    expect(await countNamed('Cut off')).toBe(1)
  },
  'process killed before the write; retry with K': async () => {
    const key = newKey()
    // Refused before anything is written, as a process is that dies there: the key is still free.
    expect((await create(key, { name: 'Late', kind: 'none' })).status).toBe(400)
    expect((await create(key, { name: 'Late' })).status).toBe(201)
    expect(await countNamed('Late')).toBe(1)
  },
  // Documented: a refused request does not use up its key.
  'first try failed validation (400), corrected body, same K': async () => {
    const key = newKey()
    expect((await create(key, {})).status).toBe(400)
    expect((await create(key, { name: 'Corrected' })).status).toBe(201)
  },
  // Documented: no error is remembered, only what was written; the retry does the work.
  'first try 500': async () => {
    const key = newKey()
    expect((await create(key, { name: 'Again' }, 'nobody')).status).toBe(401)
    expect((await create(key, { name: 'Again' })).status).toBe(201)
  },
  // Documented: 24 hours; then the request is done anew.
  'K after the retention time (24 h at Stripe)': async () => {
    const key = newKey()
    const first = await create(key, { name: 'Next day' })
    await expire(key)
    const second = await create(key, { name: 'Next day' })
    expect(second.status).toBe(201)
    expect(second.json.id).not.toBe(first.json.id)
  },
  'K of 256 characters, empty, with control characters': async () => {
    const keys = ['k'.repeat(256), '', 'two words', 'ключ'.normalize('NFKD').replace(/./gu, '\u00e4')]
    for (const key of keys) expect((await create(key, { name: 'Bad key' })).status, JSON.stringify(key)).toBe(400)
    expect((await create('k'.repeat(255), { name: 'Long key' })).status).toBe(201)
    expect(await rawStatus('a\u0001b')).toBe(400)
  },
  'bulk import with K, repeated': async () => {
    const key = newKey()
    const operations = ['a', 'b', 'c'].map(name => ({ op: 'create', record: { name: `Bulk ${name}` } }))
    for (const atomic of [true, false]) {
      const path = '/v1/customers/batch'
      const first = await create(`${key}-${atomic}`, { atomic, operations }, 'rep', path)
      const second = await create(`${key}-${atomic}`, { atomic, operations }, 'rep', path)
      expect(first.json.results.map((result: { status: number }) => result.status)).toEqual([201, 201, 201])
      expect(second.json).toEqual(first.json)
      expect(second.headers['idempotency-replayed']).toBe('true')
    }
    expect(await countNamed('Bulk a')).toBe(2)
  },
  // Merging comes in part 2; what it stands for here: a repeated request whose target is gone since.
  'merge A<-B with K, repeated': async () => {
    const { id } = await crm.create('manager', 'customers', { name: 'Going' })
    const request = { as: 'manager', method: 'DELETE', path: `/v1/customers/${id}` } as const
    const headers = { 'idempotency-key': newKey() }
    expect((await crm.send({ ...request, headers })).status).toBe(204)
    expect((await crm.send({ ...request, headers })).status).toBe(204)
    expect((await crm.send(request)).status).toBe(404)
  },
  // No operation requires a key.
  'no K on a create that promises one': async () => {
    const reply = await crm.send({ as: 'rep', method: 'POST', path: '/v1/customers', body: { name: 'No key' } })
    expect(reply.status).toBe(201)
  },
  'K reused on another path': async () => {
    const key = newKey()
    await create(key, { name: 'Here' })
    const elsewhere = await create(key, { name: 'Here' }, 'rep', '/v1/contacts')
    expect(elsewhere).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } })
  },
}

describe('idempotency', () => {
  it('is checked case by case', () => {
    expect(cases).toHaveLength(14)
    expect(cases.map(row => row.case).toSorted()).toEqual(Object.keys(checks).toSorted())
  })

  for (const row of cases) it(`${row.case}: ${row.expected}`, () => checks[row.case]?.())

  it('does not remember a dry run', async () => {
    const key = newKey()
    const dry = await create(key, { name: 'Dry' }, 'rep', '/v1/customers?dryRun=true')
    expect(dry.status).toBe(200)
    expect((await create(key, { name: 'Dry' })).status).toBe(201)
  })
})

/** Lets the day of a key be over, as only time can otherwise. */
async function expire(key: string): Promise<void> {
  const { id } = (await crm.send({ as: 'rep', method: 'GET', path: '/v1/me' })).json
  const pk = `I#${hash('sha256', JSON.stringify([id, key]))}`
  const { endpoints, tableNames } = crm.stack()
  const client = new DynamoDBClient({
    endpoint: endpoints['dynamodb'] ?? '',
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'local' },
  })
  await client.send(
    new UpdateItemCommand({
      TableName: tableNames['Records'],
      Key: { pk: { S: pk }, sk: { S: 'A' } },
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET #ttl = :past',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':past': { N: '1700000000' } },
    }),
  )
  client.destroy()
}

/** Sends a create and hangs up without waiting for the answer. */
async function abandoned(key: string, body: object): Promise<void> {
  const { url, tokenFor } = crm.stack()
  const { hostname, port } = new URL(url)
  const token = await tokenFor('rep@example.com')
  const text = JSON.stringify(body)
  const head = [
    'POST /v1/customers HTTP/1.1',
    `host: ${hostname}`,
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    `idempotency-key: ${key}`,
  ]
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection(Number(port), hostname, () => {
      socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
    })
    socket.once('close', () => resolve()).once('error', reject)
  })
}

/** The status of a create whose key no HTTP client would send. */
async function rawStatus(key: string): Promise<number> {
  const { hostname, port } = new URL(crm.stack().url)
  const head = `POST /v1/customers HTTP/1.1\r\nhost: x\r\nidempotency-key: ${key}\r\ncontent-length: 0\r\n\r\n`
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = createConnection(Number(port), hostname, () => socket.write(head))
    socket.once('data', data => resolve(data.toString())).once('error', reject)
    socket.once('data', () => socket.destroy())
  })
  return Number(answer.split(' ')[1])
}
