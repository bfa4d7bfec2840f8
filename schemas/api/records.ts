import * as z from 'zod'
import { anyObject, defineContract, emptyBody, noBody } from '#schemas/api/contract.ts'
import { cursor, flag, limit, moment, names } from '#schemas/api/parameters.ts'

/** Most operations in one batch: what one DynamoDB transaction could hold. */
const largestBatch = 100

const objectPath = z.object({ object: z.string() })
const recordPath = objectPath.extend({ id: z.string() })

const dryRun = flag('Check everything, answer with the record as it would be, and write nothing.')
const writeQuery = z.strictObject({ dryRun })
const createQuery = writeQuery.extend({
  allowDuplicates: flag('Create a record even if it is likely to exist already.'),
})
const pageQuery = z.strictObject({ limit: limit(50), cursor })
const version = z.int().min(1)

export const CreateRecord = defineContract({
  operationId: 'createRecord',
  path: objectPath,
  query: createQuery,
  body: anyObject,
})

export const GetRecord = defineContract({
  operationId: 'getRecord',
  path: recordPath,
  query: z.strictObject({
    asOf: moment('The record as it was at this time.'),
    fields: names('Fields to answer with, separated by commas; `id`, `object` and `version` always come.'),
  }),
  body: noBody,
})

export const FindRecords = defineContract({
  operationId: 'findRecords',
  path: objectPath,
  query: z.strictObject({
    limit: limit(50),
    cursor,
    filter: z
      .string()
      .min(1)
      .max(4096)
      .meta({
        description: 'Condition in CEL over `record` and its `quality`.',
        examples: ['record.industry == "retail" && record.tier in ["A","B"]', 'record.quality.score < 60'],
      })
      .optional(),
    sort: z
      .enum(['-updatedAt', 'updatedAt'])
      .default('-updatedAt')
      .meta({ description: 'Newest change first, or last.' }),
    owner: z.string().min(1).max(100).meta({ description: 'Records of this user: `me` or an id.' }).optional(),
    parent: z.string().min(1).max(100).meta({ description: 'Records that belong to the one with this id.' }).optional(),
    trash: flag('Only records in the recycle bin.'),
    fields: names('Fields to answer with, separated by commas; `id`, `object` and `version` always come.'),
  }),
  body: noBody,
})

export const UpdateRecord = defineContract({
  operationId: 'updateRecord',
  path: recordPath,
  query: writeQuery,
  body: anyObject,
})

export const RemoveRecord = defineContract({
  operationId: 'removeRecord',
  path: recordPath,
  query: writeQuery,
  body: noBody,
})

export const RestoreRecord = defineContract({
  operationId: 'restoreRecord',
  path: recordPath,
  query: writeQuery,
  body: emptyBody,
})

export const RevertRecord = defineContract({
  operationId: 'revertRecord',
  path: recordPath,
  query: writeQuery,
  body: z.strictObject({ toVersion: version.meta({ description: 'The version whose values the record gets again.' }) }),
})

export const UpsertRecord = defineContract({
  operationId: 'upsertRecord',
  path: objectPath.extend({ system: z.string(), externalId: z.string() }),
  query: createQuery,
  body: anyObject,
})

const ifVersion = version.meta({ description: 'Only if the record is at this version.' }).optional()

const batchOperation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('create'), record: anyObject }),
  z.strictObject({ op: z.literal('update'), id: z.string(), patch: anyObject, ifVersion }),
  z.strictObject({ op: z.literal('delete'), id: z.string(), ifVersion }),
  z.strictObject({ op: z.literal('get'), id: z.string() }),
  z.strictObject({ op: z.literal('upsert'), system: z.string(), externalId: z.string(), record: anyObject }),
])

export const RunBatch = defineContract({
  operationId: 'runBatch',
  path: objectPath,
  query: createQuery,
  body: z.strictObject({
    atomic: z.boolean().default(false).meta({ description: 'All operations or none; otherwise each stands alone.' }),
    operations: z.array(batchOperation).min(1).max(largestBatch),
  }),
})

export const ReadHistory = defineContract({
  operationId: 'readHistory',
  path: recordPath,
  query: pageQuery,
  body: noBody,
})

export const ReadTimeline = defineContract({
  operationId: 'readTimeline',
  path: recordPath,
  query: pageQuery,
  body: noBody,
})
