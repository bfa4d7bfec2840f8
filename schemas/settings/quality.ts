import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { anObject, days, oneOf, time, weekday, whole, yesOrNo } from '#schemas/settings/parts.ts'

/** Rules that the quality score is made of. */
export const qualityRules = [
  'completeness',
  'emailFormat',
  'emailDisposable',
  'emailDomain',
  'phoneInvalid',
  'freshness',
  'uniqueness',
  'consistency',
  'orphan',
  'standard',
] as const

/** What a good record is, and how long it stays so. */
export const quality = z.strictObject(
  {
    /** Records with a lower score count as bad. */
    threshold: whole(0, 100).default(standingPolicy.quality.threshold),
    /** Points that a broken rule takes off 100, where the tenant wants others than the product's. */
    weights: z.partialRecord(oneOf(qualityRules), whole(0, 100)).optional(),
    /** Days after which a record must be verified again, by object; a record's own `verifyEvery` comes first. */
    verifyEveryDays: z
      .strictObject(
        {
          customer: days(standingPolicy.quality.verifyEveryDays.customer),
          contact: days(standingPolicy.quality.verifyEveryDays.contact),
        },
        anObject,
      )
      .prefault({}),
    /** Look up in the DNS whether domains of e-mail addresses take mail. */
    checkMailDomains: yesOrNo(standingPolicy.quality.checkMailDomains),
    disposableEmails: oneOf(['warn', 'ignore']).default(standingPolicy.quality.disposableEmails),
  },
  anObject,
)

/** How stale records become tasks. */
export const refresh = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.refresh.enabled),
    /** Verification tasks are spread over this many days. */
    dueWithinDays: whole(1, 365).default(standingPolicy.refresh.dueWithinDays),
    perOwnerPerDay: whole(1, 1000).default(standingPolicy.refresh.perOwnerPerDay),
    mostPerRun: whole(1, 100_000).default(standingPolicy.refresh.mostPerRun),
  },
  anObject,
)

/** What people look at each month. */
export const audit = z.strictObject(
  {
    /** Records of an owner that a person looks at each month. */
    perOwner: whole(0, 100).default(standingPolicy.audit.perOwner),
    /** User who looks at them. */
    reviewerId: z
      .string()
      .regex(/^user_[0-7][0-9a-hjkmnp-tv-z]{25}$/, 'must be the id of a user')
      .optional(),
  },
  anObject,
)

/** When owners and managers get their report. */
export const reports = z.strictObject(
  {
    weekly: yesOrNo(standingPolicy.reports.weekly),
    weekday: weekday().default(standingPolicy.reports.weekday),
    time: time().default(standingPolicy.reports.time),
  },
  anObject,
)
