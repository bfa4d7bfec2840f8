import * as z from 'zod'
import { type Database, jsonColumn } from '../../engines/database.ts'

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
const attributeDefinitions = z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }))
const indexDefinitions = z.array(
  z.object({ IndexName: z.string(), KeySchema: keySchema, Projection: z.object({ ProjectionType: z.string() }) }),
)

const tableRow = z.object({
  key_schema: jsonColumn(keySchema),
  attribute_definitions: jsonColumn(attributeDefinitions),
  gsi_definitions: jsonColumn(indexDefinitions).nullable(),
  lsi_definitions: z.string().nullable(),
  stream_enabled: z.number(),
  stream_view_type: z.string().nullable(),
  created_at: z.number(),
  table_id: z.string(),
})

/** A key attribute; `column` is where the engine keeps it. */
export type KeyAttribute = { name: string; type: 'S' | 'N' | 'B'; column: 'pk' | 'sk' }

/** A table as the engine's file has it. */
export type StoredTable = {
  name: string
  id: string
  createdAtMs: number
  keys: readonly KeyAttribute[]
  indexes: readonly { name: string; keys: readonly KeyAttribute[]; isWhole: boolean }[]
  /** Whether its stream has the item before and after each change. */
  hasImages: boolean
  hasLocalIndexes: boolean
}

/** Reads what a table is made of; undefined when there is none of this name. */
export function readStoredTable(engine: Database, name: string): StoredTable | undefined {
  const row = engine.select(tableRow, 'SELECT * FROM _tables WHERE table_name = ?').one(name)
  if (row === undefined) return undefined
  const typeOf = new Map(
    row.attribute_definitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  )
  const keysOf = (schema: z.infer<typeof keySchema>) =>
    schema.map(({ AttributeName, KeyType }): KeyAttribute => {
      const column = KeyType === 'HASH' ? 'pk' : 'sk'
      return { name: AttributeName, type: typeOf.get(AttributeName) ?? 'S', column }
    })
  return {
    name,
    id: row.table_id,
    createdAtMs: row.created_at * 1000,
    keys: keysOf(row.key_schema),
    indexes: (row.gsi_definitions ?? []).map(({ IndexName, KeySchema, Projection }) => ({
      name: IndexName,
      keys: keysOf(KeySchema),
      isWhole: Projection.ProjectionType === 'ALL',
    })),
    hasImages: row.stream_enabled === 1 && row.stream_view_type === 'NEW_AND_OLD_IMAGES',
    hasLocalIndexes: (row.lsi_definitions ?? '[]') !== '[]' && row.lsi_definitions !== null,
  }
}
