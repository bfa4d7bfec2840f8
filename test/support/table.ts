import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findDynoxide } from '#infra/local/dynamodb/binary.ts'
import { createDynamoDbClient, type DynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { startDynamoDbProcess } from '#infra/local/dynamodb/process.ts'
import { ensureTables, type TableDefinition } from '#infra/local/dynamodb/tables.ts'
import { CrmError } from '#lib/errors.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import type { Clock } from '#lib/runtime/clock.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import type { Context } from '#lib/runtime/context.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { createLogger } from '#lib/runtime/logger.ts'
import { readUniqueHolder } from '#lib/store/read.ts'
import { createStore, openTable, type Store, type Table } from '#lib/store/table.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { type ObjectRegistry, standardObjects } from '#schemas/registry.ts'
import { seedRoles } from '#schemas/seeds/roles.ts'
import type { TenantSettings } from '#schemas/tenant.ts'
import { scratchRoot } from './scratch.ts'

/** Settings of the tenant that tests play in. */
export const testTenant: TenantSettings = {
  name: 'test',
  phoneRegion: 'CN',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
  locale: 'zh-CN',
  listShards: 2,
}

/** A DynamoDB of one test file's own, with a Records and a Search table. */
export type Tables = {
  url: string
  records: Table
  search: Table
  /** Any DynamoDB operation, past lib/. */
  call: DynamoDbClient
  /** Where its data is. */
  directory: string
  /** Ends the engine and removes its data, unless that is to be kept. */
  stop(options?: { keepsData?: boolean }): Promise<void>
}

const indexes = ['byObject', 'byOwner', 'byParent']

/**
 * Starts an engine on a port and in a folder that nobody else uses, and makes the tables it lacks. Stop it in `afterAll`.
 * The records can be exported when they are `isRecoverable`, and are written to more slowly.
 */
export async function startTables(
  directory = mkdtempSync(join(scratchRoot, 'evergreen-tables-')),
  { isRecoverable = false } = {},
): Promise<Tables> {
  const engine = await startDynamoDbProcess({ binary: findDynoxide(), directory, log: () => {} })
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.url
  process.env['AWS_REGION'] = 'ap-southeast-1'
  process.env['AWS_ACCESS_KEY_ID'] = 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
  const call = createDynamoDbClient(engine.url)
  await ensureTables(call, [isRecoverable ? recoverableRecords : tableDefinition('Records', indexes), searchTable])
  const records = openTable('Records')
  const search = openTable('Search')
  return {
    url: engine.url,
    records,
    search,
    call,
    directory,
    stop: async ({ keepsData = false } = {}) => {
      records.client.destroy()
      search.client.destroy()
      await engine.stop()
      if (!keepsData) await removeFolder(directory)
    },
  }
}

/** The engine may write its file once more after its supervisor has gone: the folder must stay away. */
async function removeFolder(directory: string): Promise<void> {
  for (let timesGone = 0; timesGone < 3; timesGone = existsSync(directory) ? 0 : timesGone + 1) {
    rmSync(directory, { recursive: true, force: true })
    await sleep(10)
  }
}

/** The product itself, allowed everything. */
export function systemContext(tables: Tables, more: Partial<Context> = {}): Context {
  return contextOf(tables, systemActor, more)
}

/** A request of an actor, with a meter of its own. */
export function contextOf(tables: Tables, actor: Actor, more: Partial<Context> = {}): Context {
  return {
    actor,
    requestId: 'request-1',
    source: 'test',
    tenant: testTenant,
    objects: standardObjects,
    store: createStore(tables.records),
    clock: systemClock,
    ids: typeIds,
    log: createLogger({}, () => {}),
    ...more,
  }
}

/** People of a tenant: one per seeded role, with a colleague in the rep's team and reps outside it. */
export type Cast = {
  admin: Actor
  manager: Actor
  rep: Actor
  rep2: Actor
  outsider: Actor
  service: Actor
  auditor: Actor
  integration: Actor
  teams: { east: string; west: string }
  roles: Record<string, string>
}

/** Makes the seeded roles, two teams and a user for each part. */
export async function seedCast(tables: Tables): Promise<Cast> {
  const ctx = systemContext(tables)
  const make = async (name: string, input: JsonObject) =>
    (await createRecord(ctx, { object: objectNamed(name), input })).id
  const roles: Record<string, string> = {}
  for (const role of seedRoles) roles[role.name] = await make('role', role)
  const east = await make('team', { name: 'East' })
  const west = await make('team', { name: 'West' })
  const hire = async (name: string, role: string, teamId?: string) => {
    const input = { name, email: `${name}@example.com`, roleId: roles[role] ?? '', ...(teamId ? { teamId } : {}) }
    return actorOf(tables, await make('user', input))
  }
  return {
    admin: await hire('admin', 'admin'),
    manager: await hire('manager', 'manager', east),
    rep: await hire('rep', 'rep', east),
    rep2: await hire('rep2', 'rep', east),
    outsider: await hire('outsider', 'rep', west),
    service: await hire('service', 'service', east),
    auditor: await hire('auditor', 'auditor', east),
    integration: await hire('integration', 'integration', east),
    teams: { east, west },
    roles,
  }
}

/** The user as it is stored now, with its role. */
export async function actorOf(tables: Tables, userId: string): Promise<Actor> {
  const actor = await loadActor(createStore(tables.records), { userId })
  if (!actor) throw new Error(`No active user ${userId}`)
  return actor
}

/** A user with a role made for one test. */
export async function actorWithRole(
  tables: Tables,
  role: { permissions: JsonObject[]; fieldAccess?: JsonObject[]; teamId?: string },
): Promise<Actor> {
  const ctx = systemContext(tables)
  const unique = typeIds.next('x')
  const { teamId, ...rules } = role
  const made = await createRecord(ctx, { object: objectNamed('role'), input: { name: unique, ...rules } })
  const input = { name: unique, email: `${unique}@example.com`, roleId: made.id, ...(teamId ? { teamId } : {}) }
  const user = await createRecord(ctx, { object: objectNamed('user'), input })
  return actorOf(tables, user.id)
}

/** The CrmError that some work ends in; any other end fails the test. */
export async function refusalOf(work: Promise<unknown>): Promise<CrmError> {
  const outcome = await work.then(
    value => new Error(`Not refused: ${JSON.stringify(value)?.slice(0, 500)}`),
    (error: unknown) => error,
  )
  if (outcome instanceof CrmError) return outcome
  throw outcome
}

/** What a refusal tells a client: its code, then `pointer code` for each problem. */
export async function toldBy(work: Promise<unknown>): Promise<string[]> {
  const { code, errors } = await refusalOf(work)
  return [code, ...errors.map(error => `${error.pointer} ${error.code}`)]
}

/** How each of several writes at once ended: its outcome or the code it was refused with, in the order of the alphabet. */
export async function endsOf(writes: readonly Promise<{ outcome: string }>[]): Promise<string[]> {
  const ends = writes.map(write => write.then(written => written.outcome).catch((error: CrmError) => error.code))
  return (await Promise.all(ends)).toSorted()
}

/** A definition by its name. */
export function objectNamed(name: string, objects: ObjectRegistry = standardObjects): ObjectDefinition {
  const object = objects.byName.get(name)
  if (!object) throw new Error(`No object ${name}`)
  return object
}

/** A clock that tests move by hand. */
export function handClock(start = '2026-03-01T00:00:00.000Z'): Clock & { advance(ms: number): void } {
  let now = Date.parse(start)
  return {
    now: () => new Date(now),
    advance: ms => {
      now += ms
    },
  }
}

/** Who holds a unique value, read past the engine. */
export function holderOf(store: Store, object: string, field: string, value: string): Promise<string | undefined> {
  return readUniqueHolder(store, object, { field, value })
}

/** How many items a table holds, of one kind when the beginning of `pk` is given. */
export async function countItems(tables: Tables, prefix = '', tableName = 'Records'): Promise<number> {
  let count = 0
  let startKey: unknown
  do {
    const answer = await tables.call('Scan', {
      TableName: tableName,
      Select: 'COUNT',
      ExclusiveStartKey: startKey,
      ...(prefix && {
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: prefix } },
      }),
    })
    count += Number(answer['Count'])
    startKey = answer['LastEvaluatedKey']
  } while (startKey)
  return count
}

function tableDefinition(name: string, indexNames: readonly string[]) {
  const attributes = ['pk', 'sk', ...indexNames.flatMap(index => [`${index}Pk`, `${index}Sk`])]
  return {
    name,
    logicalId: name,
    streamArn: '',
    KeySchema: keySchema('pk', 'sk'),
    AttributeDefinitions: attributes.map(attribute => ({ AttributeName: attribute, AttributeType: 'S' })),
    ...(indexNames.length > 0 && {
      GlobalSecondaryIndexes: indexNames.map(index => ({
        IndexName: index,
        KeySchema: keySchema(`${index}Pk`, `${index}Sk`),
        Projection: { ProjectionType: 'ALL' },
      })),
    }),
  }
}

/** The table of records as the template has it: with a stream, so that it can be told as of a time. */
export const recoverableRecords: TableDefinition = {
  ...tableDefinition('Records', indexes),
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
}

const searchTable = tableDefinition('Search', [])

function keySchema(hash: string, range: string) {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ]
}
