import * as z from 'zod'
import { defineContract, emptyBody, noParameters } from '#schemas/api/contract.ts'
import { restoreRunView } from '#schemas/api/maintenance.ts'
import { flag } from '#schemas/api/parameters.ts'
import { restoreActions } from '#schemas/api/restore-report.ts'

const dryRun = z.boolean().default(false)

export const RestoreBackup = defineContract({
  operationId: 'restoreBackup',
  path: z.object({ id: z.string() }),
  query: z.strictObject({ dryRun: flag('As `dryRun` in the body.') }),
  body: z.strictObject({
    object: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .meta({
        description: 'Plural or name of the object whose records are restored, all of them.',
        examples: ['contacts'],
      }),
    ids: z
      .array(z.string().min(1).max(60))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Ids of the records to restore, of any objects.' }),
    dryRun: dryRun.meta({ description: 'Say what would change, field by field, and change nothing.' }),
  }),
})

export const ArchiveBackup = defineContract({
  operationId: 'archiveBackup',
  path: z.object({ id: z.string() }),
  query: noParameters,
  body: emptyBody,
})

const count = z.int().min(0)
/** Any JSON: a schema that refers to itself would have no name in OpenAPI. */
const change = z.strictObject({ old: z.unknown(), new: z.unknown() })

/** What a restore does with one record. */
export const restoreItem = z.strictObject({
  id: z.string(),
  object: z.string(),
  action: z.enum(restoreActions),
  version: count.meta({ description: 'Of the record before it was restored; 0 when there was none.' }),
  changes: z.record(z.string(), change).meta({ description: 'What each field has, and gets; null: nothing.' }),
  problem: z
    .strictObject({ code: z.string(), detail: z.string() })
    .optional()
    .meta({ description: 'Why the record is left as it is.' }),
})

/** A restore: a maintenance run that may have ended already, then with what became of each record. */
export const restoreView = restoreRunView.extend({
  items: z
    .array(restoreItem)
    .optional()
    .meta({ description: 'Each record, in the order of the ids; of larger restores, get the report of the run.' }),
})

/** What a restore does with one record. */
export type RestoreItem = z.infer<typeof restoreItem>
