import * as z from 'zod'
import { invalidAt } from '#lib/errors.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { CsvFormat } from '#lib/transfer/csv/read-csv.ts'
import type { Mapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'
import { duplicatePolicies, importStates } from '#schemas/system/import.ts'

/** How far an import is. */
export type ImportState = (typeof importStates)[number]
/** What happens to a row whose record exists already. */
export type DuplicatePolicy = (typeof duplicatePolicies)[number]

/** A started import as its steps read it. */
export type StartedImport = {
  id: string
  state: ImportState
  target: ObjectDefinition
  startedAt: Date
  onDuplicate: DuplicatePolicy
  isDryRun: boolean
  format: CsvFormat
  mapping: Mapping
  /** Name of the system the file comes from. */
  system: string | undefined
  /** The version of the file that was looked at when the import was started. */
  fileTag: string
  /** The earlier import whose file it reads; its own where absent. */
  fileOf?: string | undefined
}

const stored = z.object({
  target: z.string(),
  startedAt: z.iso.datetime().transform(text => new Date(text)),
  onDuplicate: z.enum(duplicatePolicies),
  dryRun: z.boolean(),
  format: z.object({
    encoding: z.string(),
    delimiter: z.string(),
    header: z.array(z.string()),
    hasBom: z.boolean(),
    newline: z.string(),
  }),
  mapping: z.record(z.string(), z.string()),
  system: z.string().optional(),
  fileTag: z.string(),
  fileOf: z.string().optional(),
})

/** How far the import is. */
export function stateOf(job: StoredRecord): ImportState {
  return z.enum(importStates).parse(job.fields['state'])
}

/** The earlier import whose file an import reads; undefined when it has its own. */
export function fileOf({ fields }: StoredRecord): string | undefined {
  return typeof fields['fileOf'] === 'string' ? fields['fileOf'] : undefined
}

/** A started import out of its record. */
export function startedImport(objects: ObjectRegistry, job: StoredRecord): StartedImport {
  const { dryRun, target, system, ...rest } = stored.parse(job.fields)
  const definition = objects.byPlural.get(target)
  if (!definition) throw new Error(`${job.id} imports into ${target}, which is no object`)
  return { ...rest, id: job.id, state: stateOf(job), target: definition, isDryRun: dryRun, system }
}

/**
 * Refuses what cannot be done with an import now.
 * @throws CrmError `validation_failed` (invalid_state) saying what state it is in and what can be done.
 */
export function wrongState(job: StoredRecord, advice: string): never {
  throw invalidAt('', 'invalid_state', `The import is ${stateOf(job)}; ${advice}`)
}
