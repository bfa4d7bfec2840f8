import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { findDuplicates } from '#lib/duplicates/find-duplicates.ts'
import type { Comparable, DuplicateReport } from '#lib/duplicates/types.ts'
import { typeOf } from '#lib/records/fields/types.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import type { EvalResult } from './eval-set.ts'

export type Row = Record<string, string>
export type Matcher = (object: ObjectDefinition, records: Comparable[]) => DuplicateReport

/** A set of records whose true pairs are known. */
export type MatchSet = {
  object: ObjectDefinition
  records: Comparable[]
  /** Pairs that are one, each as `a b` with a before b. */
  truth: Set<string>
  /** Pairs that count; all unless told (a link between two lists counts no pair within one). */
  counts?: (a: string, b: string) => boolean
}

/** Precision and recall of all pairs shown or merged; of those merged without a person, precision; of all, recall. */
export type MatchScore = {
  records: number
  pairs: number
  precision: number
  recall: number
  f1: number
  merges: number
  mergePrecision: number
  suggestRecall: number
  ms: number
}

/** What a set must reach. */
export type MatchBars = Partial<Pick<MatchScore, 'f1' | 'mergePrecision' | 'suggestRecall'>>

const barNames = { f1: 'F1', mergePrecision: 'merge P', suggestRecall: 'suggest R' } as const

export function readRows(file: string, delimiter = ','): Row[] {
  const columns = (header: string[]) => header.map(name => name.trim())
  return parse(readFileSync(file), { columns, bom: true, trim: true, delimiter, relax_column_count: true })
}

/** The values the engine would store; those it refuses are left out. */
export async function fieldsOf(object: ObjectDefinition, input: JsonObject, phoneRegion = 'CN'): Promise<JsonObject> {
  const fields: JsonObject = {}
  for (const [name, value] of Object.entries(input)) {
    const field = object.fields[name]
    if (!field || isEmpty(value)) continue
    const type = typeOf(field)
    await type.prepare?.()
    const schema = type.schema(field, { phoneRegion, currency: 'CNY' })
    const whole = schema.safeParse(value)
    if (whole.success) fields[name] = whole.data
    else if (Array.isArray(value)) fields[name] = value.flatMap(entry => schema.safeParse([entry]).data ?? [])
  }
  return fields
}

export function pairsOfEntities(entityOf: ReadonlyMap<string, string>): Set<string> {
  const groups = Map.groupBy(entityOf.keys(), id => entityOf.get(id))
  const pairs = [...groups.values()].flatMap(ids =>
    ids.sort().flatMap((a, i) => ids.slice(i + 1).map(b => `${a} ${b}`)),
  )
  return new Set(pairs)
}

export function scoreMatches(set: MatchSet, matcher: Matcher = findDuplicates): MatchScore {
  const start = performance.now()
  const report = matcher(set.object, set.records)
  const ms = performance.now() - start
  const counted = report.pairs.filter(({ a, b }) => set.counts?.(a, b) ?? true)
  const hits = counted.filter(({ a, b }) => set.truth.has(`${a} ${b}`))
  const merges = counted.filter(({ verdict }) => verdict === 'merge')
  const rightMerges = hits.filter(({ verdict }) => verdict === 'merge')
  const precision = counted.length === 0 ? 1 : hits.length / counted.length
  const recall = hits.length / set.truth.size
  return {
    records: set.records.length,
    pairs: counted.length,
    precision,
    recall,
    f1: hits.length === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    merges: merges.length,
    mergePrecision: merges.length === 0 ? 1 : rightMerges.length / merges.length,
    suggestRecall: recall,
    ms,
  }
}

/** Bars that a score does not reach, each in words. */
export function shortfallsOf(score: MatchScore, bars: MatchBars): string[] {
  return Object.entries(barNames).flatMap(([key, name]) => {
    const bar = bars[key as keyof MatchBars]
    const value = score[key as keyof MatchBars]
    return bar !== undefined && value < bar ? [`${name} ${value.toFixed(4)} is under ${bar}`] : []
  })
}

/** A score as a line of the report. */
export function resultOf(score: MatchScore, bars: MatchBars): EvalResult {
  return {
    figures: {
      records: score.records,
      pairs: score.pairs,
      P: score.precision.toFixed(4),
      R: score.recall.toFixed(4),
      F1: score.f1.toFixed(4),
      merges: score.merges,
      'merge P': score.mergePrecision.toFixed(4),
      'suggest R': score.suggestRecall.toFixed(4),
    },
    ms: score.ms,
    bar: Object.entries(barNames)
      .flatMap(([key, name]) => {
        const bar = bars[key as keyof MatchBars]
        return bar === undefined ? [] : [`${name} >= ${bar}`]
      })
      .join(', '),
    shortfalls: shortfallsOf(score, bars),
  }
}

function isEmpty(value: Json): boolean {
  if (value === '' || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}
