import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { accessLog } from '#schemas/settings/access-log.ts'
import { backup, restoreDrill } from '#schemas/settings/backup.ts'
import { cleanup } from '#schemas/settings/cleanup.ts'
import { followUps } from '#schemas/settings/follow-ups.ts'
import { notifications } from '#schemas/settings/notifications.ts'
import { anObject, days, name } from '#schemas/settings/parts.ts'
import { audit, quality, refresh, reports } from '#schemas/settings/quality.ts'
import { standard } from '#schemas/settings/standards.ts'

/** What a tenant decides about its own data: the whole policy, every member with a default. */
export const tenantPolicy = z.strictObject(
  {
    cleanup: cleanup.prefault({}),
    quality: quality.prefault({}),
    retention: z.strictObject({ recycleBinDays: days(standingPolicy.retention.recycleBinDays) }, anObject).prefault({}),
    refresh: refresh.prefault({}),
    audit: audit.prefault({}),
    reports: reports.prefault({}),
    backup: backup.prefault({}),
    restoreDrill: restoreDrill.prefault({}),
    accessLog: accessLog.prefault({}),
    notifications: notifications.prefault({}),
    followUps: followUps.prefault({}),
    /** Entry standards: by object, then by field. */
    standards: z.record(name(), z.record(name(), standard, anObject), anObject).default({}),
  },
  anObject,
)

/** What a tenant decides about its own data. */
export type TenantPolicy = z.infer<typeof tenantPolicy>

/** The policy of a tenant that has decided nothing. */
export const defaultPolicy: TenantPolicy = tenantPolicy.parse({})
