import { jsonAnswer } from '#functions/api/openapi/answers.ts'
import { type Body, bodyOf, emptyBody } from '#functions/api/openapi/bodies.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import type { OperationText } from '#functions/api/openapi/operation-texts.ts'
import { StartRun } from '#schemas/api/maintenance.ts'

type Exchange = { body?: Body; answers: Record<string, Schema> }

const writeCodes = [
  'validation_failed',
  'unknown_field',
  'field_read_only',
  'unique_violation',
  'idempotency_key_reused',
  'payload_too_large',
  'unsupported_media_type',
  'not_found',
] as const
const readCodes = ['validation_failed', 'unknown_field', 'not_found'] as const

/** What the documentation says of maintenance runs. */
export const runTexts = {
  startMaintenanceRun: {
    summary: 'Start a cleanup, a backup or a restore drill',
    description:
      'A backup exports the records into the vault and verifies every file; a restore drill restores one into a scratch table, ' +
      'compares it with the live one and deletes it. A cleanup scores all records, makes the fixes that lose no meaning, finds duplicates, makes verification tasks of stale records ' +
      'and empties the recycle bin of what has been there long enough. With `dryRun` it changes nothing and has the same ' +
      'report item for item. Every fix is a change of its own in the history, so a run can be undone.',
    codes: writeCodes,
  },
  findMaintenanceRuns: {
    summary: 'List maintenance runs',
    description: 'Scheduled ones and those that somebody asked for, the latest first.',
    codes: [...readCodes, 'invalid_cursor'],
  },
  getMaintenanceRun: {
    summary: 'Read a maintenance run',
    description: 'How far each of its steps is, and its report once it has ended.',
    codes: readCodes,
  },
  cancelMaintenanceRun: {
    summary: 'Cancel a maintenance run',
    description: 'It stops after the records it is at. What it has done stays until the run is undone.',
    codes: writeCodes,
  },
  undoMaintenanceRun: {
    summary: 'Undo a maintenance run',
    description:
      'Gives fixed fields back what they held, takes merges apart and takes back tasks that nobody has touched. A field that ' +
      'was changed since stays, and its record is listed as a conflict. What was deleted for good does not come back.',
    codes: writeCodes,
  },
  readMaintenanceReport: {
    summary: 'Get the report of a maintenance run',
    description:
      'Every item: each change with what was there before, each record that was skipped and why. Get it from `url`.',
    codes: readCodes,
  },
  readMaintenanceConflicts: {
    summary: 'List what undoing a run left alone',
    description: 'Records whose fixed fields were changed since the run.',
    codes: [...readCodes, 'invalid_cursor'],
  },
} satisfies Record<string, OperationText>

const example: Schema = {
  id: exampleId('run'),
  object: 'run',
  version: 1,
  kind: 'cleanup',
  state: 'running',
  dryRun: true,
  requestedBy: exampleId('user'),
  startedAt: '2026-03-31T01:00:00.000Z',
}

/** What the operations on maintenance runs take, and what they answer. */
export const runExchanges = {
  startMaintenanceRun: {
    body: bodyOf(StartRun.body, { kind: 'cleanup', dryRun: true }, { isOptional: true }),
    answers: { 202: runAnswer('The run, running.', ['Location', 'ETag']) },
  },
  findMaintenanceRuns: {
    answers: {
      200: jsonAnswer('A page of runs.', reference('MaintenanceRunPage'), { example: { items: [example] } }),
    },
  },
  getMaintenanceRun: { answers: { 200: runAnswer('The run.', ['ETag']) } },
  cancelMaintenanceRun: {
    body: emptyBody(),
    answers: { 202: runAnswer('The run, being canceled.', ['Location', 'ETag']) },
  },
  undoMaintenanceRun: {
    body: emptyBody(),
    answers: { 202: runAnswer('The run, being undone.', ['Location', 'ETag']) },
  },
  readMaintenanceReport: {
    answers: { 200: jsonAnswer('Where to get it, within 15 minutes.', reference('MaintenanceReportFile'), {}) },
  },
  readMaintenanceConflicts: {
    answers: { 200: jsonAnswer('A page of conflicts.', reference('MaintenanceConflicts'), {}) },
  },
} satisfies Record<string, Exchange>

function runAnswer(description: string, headers: string[]): Schema {
  return jsonAnswer(description, reference('MaintenanceRunView'), { headers, example })
}
