import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, limit, moment } from '#schemas/api/parameters.ts'
import { alertConclusions } from '#schemas/system/access-alert.ts'

const text = (max: number, description: string) => z.string().min(1).max(max).meta({ description }).optional()

export const FindAccesses = defineContract({
  operationId: 'findAccesses',
  path: noParameters,
  query: z.strictObject({
    actor: text(100, 'Who: id of a user, `me`, or `unknown` for requests of nobody who could be told.'),
    record: text(100, 'Id of the record that was read, shown, changed or exported.'),
    action: text(60, 'What was done: the id of an operation, such as `getRecord`, or `exportRecords`.'),
    from: moment('Not before; 30 days back by default.'),
    to: moment('Not after.'),
    limit: limit(50),
    cursor,
  }),
  body: noBody,
})

export const ReviewAccessAlert = defineContract({
  operationId: 'reviewAccessAlert',
  path: z.object({ id: z.string() }),
  query: noParameters,
  body: z.strictObject({
    conclusion: z.enum(alertConclusions).meta({
      description: '`expected`: there was a good reason. `incident`: there was none, and something was done about it.',
    }),
    note: z
      .string()
      .trim()
      .min(1, 'must say what was found, and what was done about it')
      .max(2_000, 'must be 2,000 characters at most')
      .meta({ description: 'What was found, and what was done about it.' }),
  }),
})

/** One access, as the index has it. */
const accessView = z.strictObject({
  eventId: z.uuid(),
  requestId: z.string(),
  at: z.iso.datetime(),
  action: z.string().meta({ description: 'The operation, or the step of a job.' }),
  actor: z.strictObject({
    type: z.enum(['User', 'Application', 'AWSService', 'Unknown']),
    id: z.string(),
    name: z.string().optional(),
    role: z.string().optional(),
    via: z.string().optional().meta({ description: 'What worked by itself, or on their behalf.' }),
  }),
  sourceIp: z.string(),
  userAgent: z.string(),
  readOnly: z.boolean(),
  status: z.int().optional(),
  errorCode: z.string().optional().meta({ description: 'Why it was refused.' }),
  records: z.array(z.string()).meta({ description: 'Records asked for or shown: the first 20.' }),
  recordCount: z.int().min(0),
  file: z.string().meta({ description: 'Log file that has all of it.' }),
})

/** A page of accesses, the latest first. */
export const accessPage = z.strictObject({
  items: z.array(accessView),
  nextCursor: z.string().optional().meta({
    description: 'There may be more: a page can hold fewer than `limit`, even none, and still have a next one.',
  }),
})
