import { hash } from 'node:crypto'
import { sizeOfMembers } from './attribute-size.ts'
import type { KeyAttribute, StoredTable } from './stored-table.ts'

/** An item in DynamoDB JSON. */
export type Item = Record<string, unknown>

/** An item as the engine stores it: a row of the table, and one of each index that it is in. */
export type ItemRow = {
  pk: string
  sk: string
  json: string
  size: number
  hashPrefix: string
  indexes: { name: string; pk: string; sk: string }[]
}

/** 400 KB, and 2,048 and 1,024 bytes for the two parts of a key. */
const mostBytes = 400 * 1024
const mostKeyBytes = { pk: 2048, sk: 1024 }

/**
 * Makes the rows of items, `json` being the item's own text, as the engine would make them; undefined for an item that
 * it might refuse, or store otherwise than it is written. Undefined too for tables whose keys are numbers.
 */
export function createRowMaker(table: StoredTable): (item: Item, json: string) => ItemRow | undefined {
  const isPlain =
    !table.hasLocalIndexes &&
    table.indexes.every(({ isWhole, keys }) => isWhole && keys.every(isText)) &&
    table.keys.every(isText)
  if (!isPlain) return () => undefined
  const hashOf = rememberLast(hashPrefixOf)
  return (item, json) => {
    const pk = keyValue(item, table.keys, 'pk')
    const sk = keyValue(item, table.keys, 'sk')
    const size = sizeOfMembers(item, 0, 0)
    const isInLimits = size !== undefined && size <= mostBytes
    if (pk === undefined || sk === undefined || !isInLimits) return undefined
    const indexes: ItemRow['indexes'] = []
    for (const { name, keys } of table.indexes) {
      if (keys.some(key => !(key.name in item))) continue
      const [indexPk, indexSk] = [keyValue(item, keys, 'pk'), keyValue(item, keys, 'sk')]
      if (indexPk === undefined || indexSk === undefined) return undefined
      indexes.push({ name, pk: indexPk, sk: indexSk })
    }
    return { pk, sk, json, size, hashPrefix: hashOf(pk), indexes }
  }
}

function isText({ type }: KeyAttribute): boolean {
  return type === 'S'
}

/** What a key's column holds: the type and the text; nothing where the key has no such part. */
function keyValue(item: Item, keys: readonly KeyAttribute[], column: 'pk' | 'sk'): string | undefined {
  const key = keys.find(each => each.column === column)
  if (key === undefined) return ''
  const value = item[key.name]
  const text = typeof value === 'object' && value !== null && 'S' in value ? value.S : undefined
  if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > mostKeyBytes[column]) return undefined
  return `S:${text}`
}

/** The engine scans in the order of this hash. */
function hashPrefixOf(pk: string): string {
  return hash('md5', `Outliers${pk.slice(2)}`).slice(0, 6)
}

/** Items of one partition come one after another. */
function rememberLast(compute: (pk: string) => string): (pk: string) => string {
  let last = { pk: '', value: '' }
  return pk => {
    if (pk !== last.pk) last = { pk, value: compute(pk) }
    return last.value
  }
}
