import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import { objectPartition, ownerPartition, recordKey } from '#lib/store/keys.ts'
import type { CustomerInput } from './customers.ts'
import { type Engine, readItem, writeItems } from './engine-client.ts'
import type { HttpClient } from './http-client.ts'
import type { Call, Sides } from './measure.ts'
import type { Random } from './random.ts'
import { search } from './search-operation.ts'
import type { StoredCustomers } from './stored-customers.ts'

/** What is measured: a call of the API beside the engine's round trips that it needs. */
export type Operation = Sides & {
  name: string
  /** The engine's side, for the reader of the report. */
  baseline: string
  /** Blocks for a side, and calls in each: at one client and at 16. */
  rounds: [one: number, sixteen: number]
  perBlock: [one: number, sixteen: number]
  isWrite: boolean
  /** The most that the API's p50 at one client may be of the engine's (the issue's figure). */
  ceiling?: number
  /** The least that the API's rate at 16 clients may be of the engine's (the issue's figure). */
  floor?: number
}

/** What the operations work on. */
export type World = {
  api: HttpClient
  engine: Engine
  random: Random
  customers: { next(): CustomerInput }
  stored: StoredCustomers
  ids: readonly string[]
  /** Customers with activities. */
  timelineIds: readonly string[]
  ownerId: string
}

const pageSize = 50
const batchSize = 100
/** As many transactions at once as the API's batch has under way. */
const batchInFlight = 8

/** All operations of the report. */
export function createOperations(world: World): Operation[] {
  return [read(world), list(world), filterByIndex(world), filterByScan(world), timeline(world), search(world)].concat([
    create(world),
    update(world),
    batch(world),
  ])
}

function read({ api, engine, ids, random }: World): Operation {
  return {
    name: 'read',
    baseline: 'GetItem',
    rounds: [8, 5],
    perBlock: [100, 400],
    isWrite: false,
    ceiling: 1.5,
    api: () => get(api, `/v1/customers/${random.pick(ids)}`),
    engine: () => {
      const key = recordKey(random.pick(ids))
      return () => readItem(engine, key)
    },
  }
}

function create({ api, engine, customers, stored }: World): Operation {
  return {
    name: 'create',
    baseline: 'TransactWriteItems of the same 6 items',
    rounds: [8, 5],
    perBlock: [40, 160],
    isWrite: true,
    ceiling: 1.6,
    floor: 0.7,
    api: () => {
      const body = customers.next()
      return () => api.send('POST', '/v1/customers', body)
    },
    engine: () => {
      const steps = stored.create()
      return () => writeItems(engine, steps)
    },
  }
}

function update({ api, engine, ids, stored }: World): Operation {
  // Each side has its own half, so that the two never meet in one record.
  const ours = cycle(ids.filter((_, i) => i % 2 === 0))
  const theirs = cycle(ids.filter((_, i) => i % 2 === 1))
  const fields = () => ({ tier: 'A', lastContactedAt: new Date().toISOString() })
  return {
    name: 'update',
    baseline: 'GetItem, TransactWriteItems of the same 2 items',
    rounds: [8, 5],
    perBlock: [40, 160],
    isWrite: true,
    ceiling: 1.6,
    floor: 0.7,
    api: () => {
      const path = `/v1/customers/${ours()}`
      return () => api.send('PATCH', path, fields())
    },
    engine: () => {
      const key = recordKey(theirs())
      return async () => writeItems(engine, stored.update(await readItem(engine, key), fields()))
    },
  }
}

function list({ api, engine }: World): Operation {
  return {
    name: 'list 50',
    baseline: 'Query of the index byObject, Limit 50',
    rounds: [8, 5],
    perBlock: [20, 100],
    isWrite: false,
    ceiling: 1.6,
    api: () => get(api, `/v1/customers?limit=${pageSize}`),
    engine: () => query(engine, newest('byObject', objectPartition('customer', 0, 'all'), pageSize)),
  }
}

function filterByIndex({ api, engine, ownerId }: World): Operation {
  return {
    name: 'filter by index',
    baseline: 'Query of the index byOwner, Limit 50',
    rounds: [8, 5],
    perBlock: [20, 100],
    isWrite: false,
    ceiling: 1.6,
    api: () =>
      get(api, `/v1/customers?limit=${pageSize}&filter=${encodeURIComponent(`record.ownerId == "${ownerId}"`)}`),
    engine: () => query(engine, newest('byOwner', ownerPartition(ownerId, 'customer'), pageSize)),
  }
}

function filterByScan({ api, engine }: World): Operation {
  const filter = encodeURIComponent('record.tier in ["A", "B"] && record.industry != "retail"')
  return {
    name: 'filter by scan',
    baseline: 'Query of the index byObject, Limit 250: the rows looked at',
    rounds: [8, 3],
    perBlock: [8, 48],
    isWrite: false,
    api: () => get(api, `/v1/customers?limit=${pageSize}&filter=${filter}`),
    engine: () => query(engine, newest('byObject', objectPartition('customer', 0, 'all'), 250)),
  }
}

function timeline({ api, engine, timelineIds, random }: World): Operation {
  return {
    name: 'timeline',
    baseline: 'GetItem, then two Query at once (changes, activities), Limit 50',
    rounds: [8, 5],
    perBlock: [30, 160],
    isWrite: false,
    ceiling: 1.6,
    api: () => get(api, `/v1/customers/${random.pick(timelineIds)}/timeline?limit=${pageSize}`),
    engine: () => {
      const id = random.pick(timelineIds)
      const changes = query(engine, {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': recordKey(id).pk, ':prefix': 'V#' },
        ConsistentRead: true,
      })
      const activities = query(engine, {
        IndexName: 'byParent',
        KeyConditionExpression: 'byParentPk = :pk AND begins_with(byParentSk, :prefix)',
        ExpressionAttributeValues: { ':pk': id, ':prefix': 'activity#' },
      })
      return async () => {
        await readItem(engine, recordKey(id))
        await Promise.all([changes(), activities()])
      }
    },
  }
}

function batch({ api, engine, customers, stored }: World): Operation {
  return {
    name: 'batch of 100 creates',
    baseline: 'the same 100 TransactWriteItems, 8 at a time',
    rounds: [3, 1],
    perBlock: [2, 16],
    isWrite: true,
    api: () => {
      const operations = Array.from({ length: batchSize }, () => ({ op: 'create', record: customers.next() }))
      return async () => checkResults((await api.send('POST', '/v1/customers/batch', { operations })).json)
    },
    engine: () => {
      const writes = Array.from({ length: batchSize }, () => stored.create())
      return async () => {
        const next = writes[Symbol.iterator]()
        const worker = async () => {
          for (const steps of next) await writeItems(engine, steps)
        }
        await Promise.all(Array.from({ length: batchInFlight }, worker))
      }
    },
  }
}

function get(api: HttpClient, path: string): Call {
  return () => api.send('GET', path)
}

function query({ client, table }: Engine, input: Partial<QueryCommandInput>): Call {
  return () => client.send(new QueryCommand({ Limit: pageSize, ScanIndexForward: false, ...input, TableName: table }))
}

function newest(index: string, partition: string, limit: number): Partial<QueryCommandInput> {
  return {
    IndexName: index,
    KeyConditionExpression: `${index}Pk = :pk`,
    ExpressionAttributeValues: { ':pk': partition },
    Limit: limit,
  }
}

function cycle(values: readonly string[]): () => string {
  let next = 0
  return () => values[next++ % values.length] ?? ''
}

function checkResults(json: unknown): void {
  const { results } = json as { results: { status: number; problem?: { detail: string } }[] }
  const refused = results.find(({ status }) => status !== 201)
  if (refused) throw new Error(`A batch operation was refused: ${refused.status} ${refused.problem?.detail}`)
}
