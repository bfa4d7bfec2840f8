import type { OperationText } from '#functions/api/openapi/operation-texts.ts'

const missing = 'What is missing and what the caller may not see give the same 404.'
const writeCodes = [
  'validation_failed',
  'unknown_field',
  'idempotency_key_reused',
  'payload_too_large',
  'unsupported_media_type',
  'not_found',
] as const

/** What the documentation says of keeping records fresh, and of audits by people. */
export const refreshTexts = {
  verifyRecord: {
    summary: 'Mark a {one} as verified',
    description:
      'Sets `lastVerifiedAt` to now, applies what was corrected (`fields`, a merge patch) and does its open verification ' +
      `task, all or nothing. Takes the right to change the record. ${missing}`,
    codes: [...writeCodes, 'field_read_only', 'unique_violation', 'version_conflict', 'record_merged'],
  },
  findRefreshPlans: {
    summary: 'List refresh plans',
    description:
      'The newest first; each as far as the caller sees its tasks. A page holds 20 plans at most, and can be short and still ' +
      'have a `nextCursor`.',
    codes: ['validation_failed', 'unknown_field', 'invalid_cursor', 'not_found'],
  },
  getRefreshPlan: {
    summary: 'Read a refresh plan',
    description: `How many of its verification tasks are done, and by whom, counted from the tasks. ${missing}`,
    codes: ['validation_failed', 'unknown_field', 'not_found'],
  },
  createAudit: {
    summary: 'Start an audit by people',
    description:
      'Draws records of each owner by chance (the same ones for the same month) and gives them to the reviewer as tasks, within ' +
      'some seconds. There is one audit of a month and reach (team, or all): asked for again it is answered, not made twice.',
    codes: writeCodes,
  },
  findAudits: {
    summary: 'List audits',
    description:
      'Those that the caller reviews, asked for or may see by its role, the newest first; 20 a page at most.',
    codes: ['validation_failed', 'unknown_field', 'invalid_cursor'],
  },
  getAudit: {
    summary: 'Read an audit',
    description: `How accurate the records of the sample are, by owner and by field. ${missing}`,
    codes: ['validation_failed', 'unknown_field', 'not_found'],
  },
  recordAuditResult: {
    summary: 'Record what an audit found in a record',
    description: `For the reviewer. Does the task; a later result replaces an earlier one. ${missing}`,
    codes: writeCodes,
  },
} satisfies Record<string, OperationText>
