import { type FieldProblem, invalid, pointerTo } from '#lib/errors.ts'
import type { CsvRow } from '#lib/transfer/csv/read-csv.ts'
import { type Candidate, candidatesFor } from '#lib/transfer/mapping/mapping-candidates.ts'
import { collide, type MappingTarget, targetOf } from '#lib/transfer/mapping/mapping-target.ts'
import { detectPreset, type PresetName } from '#lib/transfer/mapping/presets.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/**
 * Which column goes where: header -> path. A path is a field (`name`, `emails`, `ownerId`) or a part of one (`phones.mobile`: the entries' label,
 * `address.city`, `handles.wechat`, `consent.email`, `externalIds.<system>`, `name.first` and `name.last`, `birthday.dmy|mdy|excel`: how dates are
 * written, `amount.USD`); '' leaves the column out.
 */
export type Mapping = Record<string, string>

/** A proposed mapping of every header; `confidence` (0 to 1) is by header, `unmapped` are the headers left out. */
export type ProposedMapping = {
  mapping: Mapping
  preset?: PresetName
  unmapped: string[]
  confidence: Record<string, number>
}

/** Where the columns of a file most likely belong, by their headers, the program the file is from, and the values of its first rows. */
export function proposeMapping(
  object: ObjectDefinition,
  header: readonly string[],
  sample: readonly CsvRow[] = [],
): ProposedMapping {
  const preset = detectPreset(object.name, header)
  const columns = header.map((name, i) => ({ name, values: valuesOf(sample, i), rows: sample.length }))
  const candidates = columns.flatMap((column, i) => candidatesFor(object, column, { column: i, preset }))
  const chosen = labelPhones(object, header, choose(candidates))
  const paths = header.map((_, i) => chosen.get(i))
  // Object.fromEntries makes own properties even of names such as __proto__.
  return {
    mapping: Object.fromEntries(header.map((name, i) => [name, paths[i]?.target.path ?? ''])),
    ...(preset && { preset: preset.name }),
    unmapped: header.filter((_, i) => paths[i] === undefined),
    confidence: Object.fromEntries(
      header.map((name, i) => [name, paths[i] ? Math.min(1, Number(paths[i].score.toFixed(2))) : 0]),
    ),
  }
}

/**
 * Checks that a mapping names columns of the file and places that exist, each place once.
 * @throws CrmError naming each header that is wrong, and the fix.
 */
export function checkMapping(object: ObjectDefinition, header: readonly string[], mapping: Mapping): void {
  const problems: FieldProblem[] = []
  const taken: { header: string; target: MappingTarget }[] = []
  for (const [name, path] of Object.entries(mapping)) {
    const problem = columnProblem(object, header, { name, path, taken })
    if (problem) problems.push({ pointer: pointerTo('mapping', name), ...problem })
  }
  if (problems.length === 0 && taken.length === 0)
    problems.push({
      pointer: '/mapping',
      code: 'empty_mapping',
      detail: 'No column is mapped to a field; map at least one.',
    })
  if (problems.length > 0) throw invalid(problems)
}

type Column = { name: string; path: string; taken: { header: string; target: MappingTarget }[] }

function columnProblem(object: ObjectDefinition, header: readonly string[], { name, path, taken }: Column) {
  if (!header.includes(name)) {
    const detail = `The file has no column ${JSON.stringify(name)}; its columns are ${header.slice(0, 50).join(', ')}.`
    return { code: 'unknown_column', detail }
  }
  if (path === '') return undefined
  const target = targetOf(object, path)
  if (typeof target === 'string') return { code: 'unknown_field', detail: `Column ${JSON.stringify(name)}: ${target}` }
  const other = taken.find(each => collide(each.target, target))
  taken.push({ header: name, target })
  if (!other) return undefined
  const detail = `Columns ${JSON.stringify(other.header)} and ${JSON.stringify(name)} both go to ${path}, which holds one value. Map one of them to ''.`
  return { code: 'place_taken', detail }
}

/** The surest first; a column gets one place, a place that holds one value one column. */
function choose(candidates: readonly Candidate[]): Map<number, Candidate> {
  const chosen = new Map<number, Candidate>()
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score || a.column - b.column)) {
    if (chosen.has(candidate.column)) continue
    if ([...chosen.values()].some(other => collide(other.target, candidate.target))) continue
    chosen.set(candidate.column, candidate)
  }
  return chosen
}

/** Beside a column of mobile numbers, one that is just called "phone" holds those at work. A header that is a path is taken at its word. */
function labelPhones(
  object: ObjectDefinition,
  header: readonly string[],
  chosen: Map<number, Candidate>,
): Map<number, Candidate> {
  const work = targetOf(object, 'phones.work')
  const hasMobile = [...chosen.values()].some(({ target }) => target.path === 'phones.mobile')
  if (!hasMobile || typeof work === 'string') return chosen
  const relabelled = [...chosen].map(([column, candidate]): [number, Candidate] => [
    column,
    candidate.target.path === 'phones' && header[column] !== 'phones' ? { ...candidate, target: work } : candidate,
  ])
  return new Map(relabelled)
}

function valuesOf(sample: readonly CsvRow[], column: number): string[] {
  return sample
    .flatMap(({ cells, problem }) => (problem ? [] : [cells[column]?.trim() ?? '']))
    .filter(cell => cell !== '')
}
