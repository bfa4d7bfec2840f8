import type { CsvRow } from '#lib/transfer/csv/read-csv.ts'
import { type ProposedMapping, proposeMapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What proposing calls the system of a file that no preset knows. */
const nameless = 'externalIds.import'

/**
 * The mapping proposed for a file. A column of ids without a known system becomes ids in `system`; when that is not told it
 * is left out: `1` in one file and `1` in another are not the same customer.
 */
export function proposedMapping(
  target: ObjectDefinition,
  { header, sample, system }: { header: readonly string[]; sample: readonly CsvRow[]; system: string | undefined },
): ProposedMapping {
  const proposed = proposeMapping(target, header, sample)
  const unnamed = Object.keys(proposed.mapping).filter(column => proposed.mapping[column] === nameless)
  if (unnamed.length === 0) return proposed
  const path = system === undefined ? '' : `externalIds.${system}`
  const mapping = { ...proposed.mapping, ...Object.fromEntries(unnamed.map(column => [column, path])) }
  return {
    ...proposed,
    mapping,
    unmapped: system === undefined ? [...proposed.unmapped, ...unnamed] : proposed.unmapped,
  }
}
