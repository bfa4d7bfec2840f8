import * as z from 'zod'
import { defineContract, emptyBody, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, flag, limit } from '#schemas/api/parameters.ts'

/** 20 records at a time: what a transaction of 100 items can hold. */
const mostAbsorbed = 20

const recordPath = z.object({ object: z.string(), id: z.string() })
const writeQuery = z.strictObject({ dryRun: flag('Check everything, answer as it would be, and write nothing.') })

export const MergeRecord = defineContract({
  operationId: 'mergeRecord',
  path: recordPath,
  query: writeQuery,
  body: z.strictObject({
    absorb: z
      .array(z.string())
      .min(1)
      .max(mostAbsorbed)
      .meta({ description: 'Ids of the records that become part of this one.' }),
    fields: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'By field, the id of the record whose value wins; the rest is decided by rules.' }),
  }),
})

export const UndoMerge = defineContract({
  operationId: 'undoMerge',
  path: z.object({ mergeId: z.string() }),
  query: writeQuery,
  body: emptyBody,
})

export const ReadDuplicates = defineContract({
  operationId: 'readDuplicates',
  path: recordPath,
  query: z.strictObject({ limit: limit(50) }),
  body: noBody,
})

/** How far a group of duplicates is. */
export const groupStatuses = ['open', 'merged', 'notDuplicate'] as const

export const FindDuplicateGroups = defineContract({
  operationId: 'findDuplicateGroups',
  path: noParameters,
  query: z.strictObject({
    object: z
      .string()
      .min(1)
      .max(60)
      .meta({ description: 'Plural of the object.', examples: ['customers'] }),
    status: z.enum(groupStatuses).default('open').meta({ description: 'How far the groups are.' }),
    limit: limit(50),
    cursor,
  }),
  body: noBody,
})

export const DecideDuplicates = defineContract({
  operationId: 'decideDuplicates',
  path: z.object({ id: z.string() }),
  query: noParameters,
  body: z.strictObject({
    decision: z.enum(['merge', 'notDuplicate']),
    survivor: z.string().optional().meta({
      description: 'With `merge`: the member that stays; unless told, the most complete one, then the oldest.',
    }),
  }),
})
