import * as z from 'zod'

/** What a restore may do with a record. */
export const restoreActions = ['created', 'changed', 'undeleted', 'unchanged', 'conflict'] as const

const count = z.int().min(0)

/** What a restore did, in sums. */
export const restoreReport = z.strictObject({
  backupId: z.string(),
  cutOffAt: z.iso.datetime().meta({ description: 'The moment whose state came back.' }),
  counts: z.strictObject({
    records: count.meta({ description: 'Records of the backup that were asked for.' }),
    created: count.meta({ description: 'Deleted for good since: there again, with their history.' }),
    changed: count.meta({ description: 'Had other values; the fields of the backup are a new version.' }),
    undeleted: count.meta({ description: 'Taken out of the recycle bin.' }),
    unchanged: count,
    conflict: count.meta({ description: 'Left as they are; `problems` say why.' }),
  }),
  problems: z
    .array(z.strictObject({ id: z.string(), code: z.string(), detail: z.string() }))
    .meta({ description: 'The first 20 records that were left as they are.' }),
})

/** What a restore did, in sums. */
export type RestoreReport = z.infer<typeof restoreReport>
