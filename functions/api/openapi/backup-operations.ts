import { jsonAnswer } from '#functions/api/openapi/answers.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import type { OperationText } from '#functions/api/openapi/operation-texts.ts'

const readCodes = ['validation_failed', 'unknown_field', 'not_found'] as const

/** What the documentation says of backups. */
export const backupTexts = {
  findBackups: {
    summary: 'List backups',
    description:
      'Each is `proven` once a restore drill has restored it and found no difference, `unproven` until then, `failed` when it ' +
      'is of no use, `expired` when its time is over. The latest change first.',
    codes: [...readCodes, 'invalid_cursor'],
  },
  getBackup: {
    summary: 'Read a backup',
    description:
      'With its files as its signed catalogue has them, and the backups that it builds on. One whose catalogue was altered says ' +
      'so in `failure`.',
    codes: readCodes,
  },
} satisfies Record<string, OperationText>

const example: Schema = {
  id: exampleId('backup'),
  object: 'backup',
  version: 2,
  kind: 'full',
  state: 'proven',
  cutOffAt: '2026-03-31T01:00:00.000Z',
  runId: exampleId('run'),
}

/** What the operations on backups answer. */
export const backupExchanges = {
  findBackups: {
    answers: { 200: jsonAnswer('A page of backups.', reference('BackupPage'), { example: { items: [example] } }) },
  },
  getBackup: { answers: { 200: jsonAnswer('The backup.', reference('BackupView'), { headers: ['ETag'], example }) } },
} satisfies Record<string, { answers: Record<string, Schema> }>
