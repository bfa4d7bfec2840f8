import * as z from 'zod'
import { tenantPolicy } from '#schemas/settings.ts'

const { shape } = tenantPolicy

/** What a dry run of new entry standards found. */
const trial = z.strictObject({
  checked: z.int().min(0).meta({ description: 'Records looked at.' }),
  breaks: z.array(
    z.strictObject({
      object: z.string(),
      field: z.string(),
      code: z.enum(['required', 'invalid_format', 'not_allowed', 'too_short']),
      records: z.int().min(1).meta({ description: 'Records that break the rule.' }),
      newly: z
        .int()
        .min(0)
        .meta({ description: 'Those among them with whose field the standards in force find no fault.' }),
      examples: z
        .array(z.strictObject({ id: z.string(), title: z.unknown().optional(), detail: z.string() }))
        .meta({ description: 'Some of them: ten at most.' }),
    }),
  ),
  isComplete: z.boolean().meta({ description: 'Every record was looked at; otherwise go on with `nextCursor`.' }),
  nextCursor: z.string().optional(),
})

/** The settings as the API answers them. */
export const settingsView = z.strictObject({
  id: z.string(),
  object: z.literal('setting'),
  version: z.int().min(0).meta({ description: '0: nobody has changed a setting yet.' }),
  cleanup: shape.cleanup.unwrap().optional(),
  quality: shape.quality.unwrap().partial().optional(),
  retention: shape.retention.unwrap().optional(),
  refresh: shape.refresh.unwrap().optional(),
  audit: shape.audit.unwrap().optional(),
  reports: shape.reports.unwrap().optional(),
  backup: shape.backup.unwrap().optional(),
  restoreDrill: shape.restoreDrill.unwrap().optional(),
  accessLog: shape.accessLog.unwrap().optional(),
  notifications: shape.notifications.unwrap().optional(),
  followUps: shape.followUps.unwrap().optional(),
  standards: shape.standards.unwrap().optional(),
  updatedAt: z.iso.datetime().optional(),
  updatedBy: z.string().optional(),
  trial: trial.optional(),
})
