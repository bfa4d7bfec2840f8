import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { moment } from '#schemas/api/parameters.ts'

export const VerifyAccessLog = defineContract({
  operationId: 'verifyAccessLog',
  path: noParameters,
  query: z.strictObject({
    from: moment('Begin of the time to check; 24 hours before `to` by default.'),
    to: moment('Its end; now by default.'),
  }),
  body: noBody,
})

const counted = z.strictObject({ checked: z.int().min(0), intact: z.int().min(0) })

/** What was found wrong with one file. */
const finding = z.strictObject({
  file: z.string().meta({ description: 'Key of the file in the log bucket.' }),
  kind: z.string().meta({ description: 'What can be wrong, such as `logAltered` or `digestMissing`.' }),
  what: z.string().meta({ description: 'What is wrong, as the end of a sentence that begins with the file.' }),
})

const outcome = {
  state: z.enum(['intact', 'altered', 'late', 'unfinished']).meta({
    description:
      '`late`: nothing was altered, but the newest hours have no digest yet. `unfinished`: time ran out, and nothing was ' +
      'found up to `to`; ask on from there.',
  }),
  checkedAt: z.iso.datetime(),
  from: z.string().nullable().meta({ description: 'Begin of the first digest that was checked; null: there is none.' }),
  to: z.string().nullable().meta({ description: 'End of the last digest that was checked.' }),
  found: z.int().min(0),
}

/** What checking the access log came to. */
export const accessLogVerification = z.strictObject({
  ...outcome,
  asked: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  digests: counted,
  logFiles: counted,
  events: z.int().min(0),
  pending: z.int().min(0).meta({ description: 'Log files that wait for the digest of their hour.' }),
  anchors: z.int().min(0).meta({ description: 'Digests that were held against what the second region keeps of them.' }),
  fingerprints: z.array(z.string()).meta({ description: 'Of the public keys that the digests are signed with.' }),
  findings: z.array(finding).meta({ description: 'The first 100.' }),
  previous: z.strictObject(outcome).optional().meta({ description: 'The check before this one.' }),
})

/** What checking the access log came to. */
export type AccessLogVerification = z.infer<typeof accessLogVerification>
