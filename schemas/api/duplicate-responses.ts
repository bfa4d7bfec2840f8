import * as z from 'zod'
import { groupStatuses } from '#schemas/api/duplicates.ts'

/** What the API answers about duplicates and merges, other than records. */

/** Where a value of the merged record comes from. */
const mergeDecision = z.strictObject({
  field: z.string(),
  from: z.array(z.string()).meta({ description: 'Ids of the records it comes from.' }),
  why: z
    .enum([
      'chosen',
      'united',
      'latest',
      'newestVerified',
      'mostComplete',
      'longest',
      'survivor',
      'onlyValue',
      'notEditable',
    ])
    .meta({ description: '`notEditable`: your role may not change the field, so the survivor keeps its own value.' }),
})

/** What became of the records that hung on an absorbed one. */
const mergeChildren = z.strictObject({
  moved: z.int().min(0).meta({ description: 'Moved by this request.' }),
  pending: z.boolean().meta({ description: 'More are being moved in the background.' }),
  stayed: z
    .array(z.strictObject({ object: z.string(), id: z.string() }))
    .optional()
    .meta({ description: 'Somebody had moved these on since, so they stay where they are.' }),
})

/** Evidence that two records are one thing, or are not. */
const duplicateReason = z.strictObject({
  field: z.string(),
  code: z.string(),
  detail: z.string().meta({ description: 'A sentence that a person can read.' }),
  weight: z.number().meta({ description: 'Bits of evidence; negative: against.' }),
})

const verdict = z
  .enum(['merge', 'suggest'])
  .meta({ description: '`merge`: certain enough without a person; `suggest`: for a person to decide.' })

/** Records that are likely one thing. */
const duplicateGroup = z.strictObject({
  id: z.string(),
  status: z.enum(groupStatuses),
  object: z.string(),
  members: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  survivor: z.string().optional().meta({ description: 'The member that absorbed the others.' }),
  score: z.number().min(0).max(1).meta({ description: 'How likely they are one.' }),
  verdict,
  reasons: z.array(duplicateReason),
  decidedBy: z.string().optional(),
  decidedAt: z.iso.datetime().optional(),
})

/** A page of groups, the most likely first. */
const duplicateGroupPage = z.strictObject({ items: z.array(duplicateGroup), nextCursor: z.string().optional() })

/** What a decision came to. */
const duplicateDecision = z.strictObject({
  group: duplicateGroup,
  merges: z.array(z.string()).meta({ description: 'Ids of the merges made, to undo them by.' }),
})

/** Tells where an absorbed record went. */
const merged = z.strictObject({
  code: z.literal('record_merged'),
  id: z.string(),
  mergedInto: z.string().meta({ description: 'The record that has what this one had.' }),
})

/** Every shape about duplicates and merges that the OpenAPI document names. */
export const duplicateResponses = {
  MergeDecision: mergeDecision,
  MergeChildren: mergeChildren,
  DuplicateReason: duplicateReason,
  DuplicateGroup: duplicateGroup,
  DuplicateGroupPage: duplicateGroupPage,
  DuplicateDecision: duplicateDecision,
  Merged: merged,
}
