import { jsonAnswer } from '#functions/api/openapi/answers.ts'
import { type Body, bodyOf, emptyBody } from '#functions/api/openapi/bodies.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import type { OperationText } from '#functions/api/openapi/operation-texts.ts'
import { RestoreBackup } from '#schemas/api/restores.ts'

/** What the documentation says of restoring. */
export const restoreTexts = {
  restoreBackup: {
    summary: 'Restore records of a backup',
    description:
      'Brings records back as they were: chosen ones by `ids`, or all of an `object`. Each gets a new version whose source is ' +
      '`restore/<backup>`; its history stays, so `revert` takes it back. Ask with `dryRun` first: the answer says what each field ' +
      'has and would get. Records that came after the backup stay as they are; a record that cannot come back, such as one whose ' +
      'unique value another has taken, is a `conflict` and stops no other. Every file of the backup is verified before anything ' +
      'is written: `backup_tampered` names the one that is not what was made. Chosen records are done at once (200) where the ' +
      'backup is small enough to be read within a request; all else goes on as a maintenance run (202) at `Location`.',
    codes: [
      'validation_failed',
      'unknown_field',
      'idempotency_key_reused',
      'payload_too_large',
      'unsupported_media_type',
      'backup_tampered',
      'not_found',
    ],
  },
  archiveBackup: {
    summary: 'Take out all that there is, as of a backup',
    description:
      'Records, history, definitions, settings, people, files and the access log with its digests, as one signed tar file of ' +
      'plain JSON lines that `npm run import-tenant` verifies and loads. Goes on as a maintenance run; once it has succeeded, ' +
      '`GET /v1/maintenance/runs/{id}/report` has the address of the file, which is deleted after 7 days. For those from whom ' +
      'no record and no field is hidden.',
    codes: [
      'validation_failed',
      'unknown_field',
      'idempotency_key_reused',
      'payload_too_large',
      'unsupported_media_type',
      'not_found',
    ],
  },
} satisfies Record<string, OperationText>

const example: Schema = {
  id: exampleId('run'),
  object: 'run',
  version: 1,
  kind: 'restore',
  state: 'succeeded',
  dryRun: true,
  requestedBy: exampleId('user'),
  startedAt: '2026-03-31T01:00:00.000Z',
  endedAt: '2026-03-31T01:00:01.000Z',
  report: {
    backupId: exampleId('backup'),
    cutOffAt: '2026-03-30T18:00:00.000Z',
    counts: { records: 1, created: 0, changed: 1, undeleted: 0, unchanged: 0, conflict: 0 },
    problems: [],
  },
  items: [
    {
      id: exampleId('customer'),
      object: 'customer',
      action: 'changed',
      version: 4,
      changes: { name: { old: 'Huaxing', new: 'Huaxing Trading' } },
    },
  ],
}

const archiving: Schema = {
  ...{ id: exampleId('run'), object: 'run', version: 1, kind: 'archive', state: 'running', dryRun: false },
  requestedBy: exampleId('user'),
  startedAt: '2026-03-31T01:00:00.000Z',
}

/** What restoring takes, and what it answers. */
export const restoreExchanges: Record<
  'restoreBackup' | 'archiveBackup',
  { body: Body; answers: Record<string, Schema> }
> = {
  restoreBackup: {
    body: bodyOf(RestoreBackup.body, { ids: [exampleId('customer')], dryRun: true }),
    answers: {
      200: restoreAnswer('What became, or would become, of each record.'),
      202: restoreAnswer('The restore goes on in the background; its run tells how far it is.'),
    },
  },
  archiveBackup: {
    body: emptyBody(),
    answers: {
      202: jsonAnswer('The run, running.', reference('MaintenanceRunView'), {
        headers: ['Location', 'ETag'],
        example: archiving,
      }),
    },
  },
}

function restoreAnswer(description: string): Schema {
  return jsonAnswer(description, reference('RestoreView'), { headers: ['Location', 'ETag'], example })
}
