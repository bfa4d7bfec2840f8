import { keyLimitOf } from '#lib/duplicates/key-limit.ts'
import type { Comparable, SkippedKey } from '#lib/duplicates/types.ts'
import { matchKeys } from '#lib/records/match-keys.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Positions of the records that hold a key, by kind and value of the key; one record alone is a number. */
export type Blocks = ReadonlyMap<string, ReadonlyMap<string, number | readonly number[]>>

/** Pairs worth comparing, and the keys too common to use. */
export type Candidates = { pairs: PairList; skippedKeys: SkippedKey[]; blocks: Blocks }

/** Pairs of positions in a list of records, each once, in order; packed, since there may be millions. */
export type PairList = { length: number; at(index: number): [number, number] }

/** Pairs of records that share a match key held by no more records than its limit, `keyLimit` at most. */
export function candidatesOf(
  object: ObjectDefinition,
  records: readonly Comparable[],
  keyLimit: number | undefined,
): Candidates {
  const packed: number[] = []
  const skippedKeys: SkippedKey[] = []
  const blocks = blocksOf(object, records)
  for (const [kind, values] of blocks)
    for (const [value, members] of values) {
      if (typeof members === 'number') continue
      if (members.length > keyLimitOf(kind, keyLimit)) skippedKeys.push({ kind, value, count: members.length })
      else packPairs(packed, members, records.length)
    }
  return { pairs: unpacked(packed, records.length), skippedKeys, blocks }
}

/** How many records hold a key. */
export function sizeOf(members: number | readonly number[]): number {
  return typeof members === 'number' ? 1 : members.length
}

function blocksOf(object: ObjectDefinition, records: readonly Comparable[]): Blocks {
  const kinds = new Map<string, Map<string, number | number[]>>()
  for (let index = 0; index < records.length; index++)
    for (const { kind, value } of matchKeys(object, records[index]?.fields ?? {})) {
      const values = kinds.get(kind) ?? new Map<string, number | number[]>()
      if (values.size === 0) kinds.set(kind, values)
      const members = values.get(value)
      if (members === undefined) values.set(value, index)
      else if (typeof members === 'number') values.set(value, [members, index])
      else members.push(index)
    }
  return kinds
}

/** 100,000 records squared stay far below 2^53: a pair is one exact number. */
function packPairs(packed: number[], members: readonly number[], count: number): void {
  for (let i = 0; i < members.length; i++)
    for (let j = i + 1; j < members.length; j++) packed.push((members[i] ?? 0) * count + (members[j] ?? 0))
}

function unpacked(packed: readonly number[], count: number): PairList {
  const sorted = Float64Array.from(packed).sort()
  const unique = sorted.filter((pair, i) => i === 0 || pair !== sorted[i - 1])
  return {
    length: unique.length,
    at(index) {
      const pair = unique[index] ?? 0
      return [Math.floor(pair / count), pair % count]
    },
  }
}
