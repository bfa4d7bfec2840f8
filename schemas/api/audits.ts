import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, flag, limit } from '#schemas/api/parameters.ts'
import { auditResults } from '#schemas/system/audit.ts'

const auditPath = z.object({ id: z.string() })
/** From 1970 on: ids are made of the month, and know no earlier time. */
const month = z
  .string()
  .regex(/^(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-03, 1970-01 or later')

export const CreateAudit = defineContract({
  operationId: 'createAudit',
  path: noParameters,
  query: noParameters,
  body: z.strictObject({
    month: month.meta({
      description: 'Of records entered or changed since this month began and there by its end, some are looked at.',
      examples: ['2026-03'],
    }),
    perOwner: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Records of each owner; as the settings say unless told.' }),
    reviewerId: z
      .string()
      .max(100)
      .optional()
      .meta({ description: 'Who looks at them; as the settings say, else the caller, unless told.' }),
  }),
})

export const FindAudits = defineContract({
  operationId: 'findAudits',
  path: noParameters,
  query: z.strictObject({ limit: limit(10), cursor }),
  body: noBody,
})

export const GetAudit = defineContract({
  operationId: 'getAudit',
  path: auditPath,
  query: z.strictObject({ items: flag('Answer with the records of the sample, too.') }),
  body: noBody,
})

export const RecordAuditResult = defineContract({
  operationId: 'recordAuditResult',
  path: auditPath,
  query: noParameters,
  body: z.strictObject({
    recordId: z.string().max(100).meta({ description: 'A record of the sample.' }),
    result: z.enum(auditResults),
    wrongFields: z
      .array(z.string().max(40))
      .max(50)
      .optional()
      .meta({ description: 'With `wrong`: the fields that are, by their names in the API.' }),
    note: z
      .string()
      .trim()
      .min(1, 'must say something; leave it out otherwise')
      .max(500, 'must be 500 characters at most')
      .optional(),
  }),
})

const count = z.int().min(0)
const time = z.iso.datetime()
const accuracy = z
  .number()
  .min(0)
  .max(1)
  .optional()
  .meta({ description: 'Correct, of those checked; absent while none is.' })

const counts = z.strictObject({ sampled: count, checked: count, correct: count, wrong: count, accuracy })

/** One record of a sample, and what was found. */
export const auditItemView = z.strictObject({
  recordId: z.string(),
  object: z.string(),
  ownerId: z.string().meta({ description: 'Whose record it was when the sample was drawn.' }),
  taskId: z.string(),
  result: z.enum(auditResults).optional().meta({ description: 'Absent: not looked at yet.' }),
  wrongFields: z.array(z.string()).optional(),
  note: z.string().optional(),
  checkedAt: time.optional(),
  checkedBy: z.string().optional(),
})

/** An audit and what it found so far. */
export const auditView = counts.extend({
  id: z.string(),
  object: z.literal('audit'),
  version: z.int().min(1),
  month,
  state: z.enum(['sampling', 'open', 'done']),
  perOwner: z.int().min(1),
  reviewerId: z.string(),
  requestedBy: z.string(),
  teamId: z.string().optional().meta({ description: 'Only owners of this team.' }),
  createdAt: time,
  unseen: count.meta({ description: 'Records that could not be drawn, since the reviewer may not see them.' }),
  problem: z.string().optional(),
  byOwner: z.array(counts.extend({ ownerId: z.string() })),
  byField: z
    .array(z.strictObject({ object: z.string(), field: z.string(), checked: count, wrong: count, accuracy }))
    .meta({ description: 'Fields that were wrong at least once, most often first.' }),
  items: z.array(auditItemView).optional(),
})

/** A page of audits, the newest first. */
export const auditPage = z.strictObject({ items: z.array(auditView), nextCursor: z.string().optional() })

/** An audit as the API shows it. */
export type AuditView = z.infer<typeof auditView>
/** A record of a sample as the API shows it. */
export type AuditItemView = z.infer<typeof auditItemView>
