import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { anObject, oneOf, time, weekday, whole, yesOrNo, zone } from '#schemas/settings/parts.ts'

/** Changes that a cleanup may make by itself, since they lose no meaning. */
export const fixKinds = ['trim', 'normalizeWidth', 'emailCase', 'phoneFormat', 'urlScheme', 'dropRepeated'] as const

const fixes = z.strictObject(
  {
    trim: yesOrNo(standingPolicy.cleanup.fixes.trim),
    normalizeWidth: yesOrNo(standingPolicy.cleanup.fixes.normalizeWidth),
    emailCase: yesOrNo(standingPolicy.cleanup.fixes.emailCase),
    phoneFormat: yesOrNo(standingPolicy.cleanup.fixes.phoneFormat),
    urlScheme: yesOrNo(standingPolicy.cleanup.fixes.urlScheme),
    dropRepeated: yesOrNo(standingPolicy.cleanup.fixes.dropRepeated),
  } satisfies Record<(typeof fixKinds)[number], unknown>,
  anObject,
)

/** When the tenant's data is cleaned, and what a cleanup may do by itself. */
export const cleanup = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.cleanup.enabled),
    frequency: oneOf(['daily', 'weekly', 'monthly']).default(standingPolicy.cleanup.frequency),
    /** Used when weekly. */
    weekday: weekday().default(standingPolicy.cleanup.weekday),
    /** Used when monthly; 28: every month has it. */
    dayOfMonth: whole(1, 28).default(standingPolicy.cleanup.dayOfMonth),
    time: time().default(standingPolicy.cleanup.time),
    timeZone: zone(),
    fixes: fixes.prefault({}),
    /** Merge duplicates that are beyond doubt. */
    mergeCertain: yesOrNo(standingPolicy.cleanup.mergeCertain),
  },
  anObject,
)
