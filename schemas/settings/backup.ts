import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { anObject, oneOf, time, weekday, whole, yesOrNo, zone } from '#schemas/settings/parts.ts'

/** When backups are made, and how long they are kept. */
export const backup = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.backup.enabled),
    frequency: oneOf(['daily', 'weekly']).default(standingPolicy.backup.frequency),
    /** Used when weekly. */
    weekday: weekday().default(standingPolicy.backup.weekday),
    time: time().default(standingPolicy.backup.time),
    timeZone: zone(),
    /** A full backup at least this often; those between hold what changed since the one before. */
    fullEveryDays: whole(1, 31).default(standingPolicy.backup.fullEveryDays),
    retentionDays: whole(7, 3650).default(standingPolicy.backup.retentionDays),
  },
  anObject,
)

/** When backups are proven by restoring one. */
export const restoreDrill = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.restoreDrill.enabled),
    frequency: oneOf(['daily', 'weekly', 'monthly']).default(standingPolicy.restoreDrill.frequency),
    weekday: weekday().default(standingPolicy.restoreDrill.weekday),
    dayOfMonth: whole(1, 28).default(standingPolicy.restoreDrill.dayOfMonth),
    time: time().default(standingPolicy.restoreDrill.time),
    timeZone: zone(),
  },
  anObject,
)
