import * as z from 'zod'
import { accessPage } from '#schemas/api/access-log.ts'
import { accessLogVerification } from '#schemas/api/access-log-verification.ts'
import { auditItemView, auditPage, auditView } from '#schemas/api/audits.ts'
import { backupPage, backupView } from '#schemas/api/backups.ts'
import { duplicateResponses } from '#schemas/api/duplicate-responses.ts'
import { createdImport, exportView, importConflicts, importInspection, importView } from '#schemas/api/jobs.ts'
import { runConflicts, runPage, runReportFile, runView } from '#schemas/api/maintenance.ts'
import { notificationPage, notificationView } from '#schemas/api/notifications.ts'
import { qualityOverview, qualityReportPage, qualityReportView } from '#schemas/api/quality.ts'
import { refreshPlanPage, refreshPlanView } from '#schemas/api/refresh.ts'
import { restoreView } from '#schemas/api/restores.ts'
import { settingsView } from '#schemas/api/settings-view.ts'
import { objectDefinition } from '#schemas/meta-schema.ts'
import { fieldAccesses, scopes } from '#schemas/system/role.ts'

/** What the API answers, other than records; the OpenAPI document shows these, and tests hold real answers against them. */

const time = z.iso.datetime()

/** One thing wrong with a request. */
const problemError = z.strictObject({
  pointer: z.string().optional().meta({ description: 'JSON Pointer (RFC 6901) into the body; empty for all of it.' }),
  parameter: z.string().optional().meta({ description: 'Name of the query parameter, when it is not the body.' }),
  code: z.string().meta({ description: 'Which rule is broken.' }),
  detail: z.string().meta({ description: 'What is wrong and how to mend it.' }),
})

/** RFC 9457; further members say more, such as `currentVersion` or `existingId`. */
const problem = z.looseObject({
  type: z.url().meta({ description: 'Names the kind of problem; ends with its code.' }),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string().meta({ description: 'Stable: what a program goes by.' }),
  detail: z.string().optional(),
  traceId: z.string().meta({ description: 'Tell it to support.' }),
  errors: z.array(problemError).optional(),
})

/** One line of a record's history. */
const change = z.strictObject({
  version: z.int().min(1),
  action: z.enum(['created', 'updated', 'deleted', 'restored', 'reverted', 'merged', 'unmerged']),
  actorId: z.string(),
  at: time,
  requestId: z.string(),
  source: z.string().meta({ description: '`api`, or the job that made the change.' }),
  changes: z
    .record(z.string(), z.strictObject({ old: z.unknown(), new: z.unknown() }))
    .meta({ description: 'Per field, what it was and what it became; null: no value.' }),
  merge: z
    .strictObject({
      id: z.string().meta({ description: 'Undone by `POST /v1/merges/{id}/undo`.' }),
      into: z.string().optional().meta({ description: 'The record that absorbed this one.' }),
      absorbed: z.array(z.string()).optional().meta({ description: 'The records that this one absorbed.' }),
    })
    .optional(),
})

/** A page of a record's history. */
const history = z.strictObject({ items: z.array(change), nextCursor: z.string().optional() })

const objectAccess = z.strictObject({
  create: z.enum(scopes),
  read: z.enum(scopes),
  update: z.enum(scopes),
  delete: z.enum(scopes),
  fields: z.record(z.string(), z.enum(fieldAccesses)).meta({ description: 'Fields that are not simply editable.' }),
})

/** Who the caller is and what it may do. */
const me = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  teamId: z.string().nullable(),
  role: z.strictObject({ id: z.string(), name: z.string() }),
  permissions: z.record(z.string(), objectAccess).meta({ description: 'By the plural of each object.' }),
})

/** The definitions of all objects. */
const objectList = z.strictObject({ items: z.array(objectDefinition) })

/** The service is up. */
const health = z.strictObject({ status: z.literal('ok'), version: z.string() })

/** Every shape that the OpenAPI document names. */
export const namedResponses = {
  Problem: problem,
  ProblemError: problemError,
  Change: change,
  History: history,
  Me: me,
  ObjectDefinition: objectDefinition,
  ObjectList: objectList,
  Health: health,
  ...duplicateResponses,
  Settings: settingsView,
  MaintenanceRunView: runView,
  BackupView: backupView,
  AccessPage: accessPage,
  AccessLogVerification: accessLogVerification,
  BackupPage: backupPage,
  RestoreView: restoreView,
  MaintenanceRunPage: runPage,
  MaintenanceReportFile: runReportFile,
  MaintenanceConflicts: runConflicts,
  RefreshProgress: refreshPlanView,
  RefreshProgressPage: refreshPlanPage,
  AuditProgress: auditView,
  AuditProgressPage: auditPage,
  AuditedRecord: auditItemView,
  QualityOverview: qualityOverview,
  WeeklyReportPage: qualityReportPage,
  WeeklyReport: qualityReportView,
  Inbox: notificationPage,
  InboxNotification: notificationView,
  ImportJob: importView,
  NewImportJob: createdImport,
  ImportInspection: importInspection,
  ImportConflicts: importConflicts,
  ExportJob: exportView,
}
