import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { Resolve } from '../resolve.ts'
import { type Assembly, resourcesOf } from '../template.ts'
import { type DynamoDbClient, DynamoDbError } from './client.ts'

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }))

const tableProperties = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).optional() }),
      }),
    )
    .optional(),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean().optional() }).optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string().default('ttl'), Enabled: z.boolean() }).optional(),
})

/** A table of the template under its local name. */
export type TableDefinition = z.infer<typeof tableProperties> & { name: string; logicalId: string; streamArn: string }

/** Reads the tables of a template. */
export function readTables(assembly: Assembly, resolve: Resolve): TableDefinition[] {
  return resourcesOf(assembly, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(
    ({ logicalId, properties, stack }) => ({
      ...tableProperties.parse(resolve(properties, stack)),
      logicalId,
      name: String(resolve({ Ref: logicalId }, stack)),
      streamArn: String(resolve({ 'Fn::GetAtt': [logicalId, 'StreamArn'] }, stack)),
    }),
  )
}

/** Makes the tables that do not exist yet; throws for one that exists with other keys or indexes. */
export async function ensureTables(call: DynamoDbClient, tables: readonly TableDefinition[]): Promise<void> {
  for (const table of tables) {
    const existing = await describe(call, table.name)
    if (existing) checkShape(table, existing)
    if (!existing) await create(call, table)
    await ensureTimeToLive(call, table)
  }
}

const described = tableProperties.pick({ KeySchema: true, GlobalSecondaryIndexes: true })

async function describe(call: DynamoDbClient, name: string): Promise<z.infer<typeof described> | undefined> {
  try {
    const { Table } = await call('DescribeTable', { TableName: name })
    return described.parse(Table)
  } catch (error) {
    if (error instanceof DynamoDbError && error.code === 'ResourceNotFoundException') return undefined
    throw error
  }
}

async function create(call: DynamoDbClient, table: TableDefinition): Promise<void> {
  await call('CreateTable', {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: table.KeySchema,
    AttributeDefinitions: table.AttributeDefinitions,
    GlobalSecondaryIndexes: table.GlobalSecondaryIndexes,
    StreamSpecification: table.StreamSpecification && { StreamEnabled: true, ...table.StreamSpecification },
  })
}

async function ensureTimeToLive(
  call: DynamoDbClient,
  { name, TimeToLiveSpecification }: TableDefinition,
): Promise<void> {
  if (!TimeToLiveSpecification?.Enabled) return
  try {
    await call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification })
  } catch (error) {
    const isEnabledAlready = error instanceof DynamoDbError && error.code === 'ValidationException'
    if (!isEnabledAlready) throw error
  }
}

function checkShape(table: TableDefinition, existing: z.infer<typeof described>): void {
  const shape = ({ KeySchema, GlobalSecondaryIndexes = [] }: z.infer<typeof described>) => ({
    KeySchema,
    indexes: new Map(GlobalSecondaryIndexes.map(index => [index.IndexName, index])),
  })
  const [wanted, found] = [shape(table), shape(existing)]
  if (isDeepStrictEqual(wanted, found)) return
  const names = ({ indexes }: typeof wanted) => [...indexes.keys()].join(', ') || 'none'
  throw new Error(
    `The local table ${table.name} was made with another key schema or other indexes (it has ${names(found)}; ` +
      `the template now says ${names(wanted)}).\n` +
      'Start with an empty data folder: npm start -- --fresh, or keep the old one and set EVERGREEN_DATA to a new folder.',
  )
}
