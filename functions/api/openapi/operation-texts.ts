import type { ErrorCode } from '#lib/errors.ts'
import type { OperationId } from '#schemas/api/routes.ts'

/** What the documentation says of an operation; `{one}` and `{many}` stand for the object's names. */
export type OperationText = {
  summary: string
  description: string
  /** Codes it can answer with, beside those that every operation of its kind has. */
  codes: readonly ErrorCode[]
}

const missing = 'A record that is missing and one that the caller may not see give the same 404.'
const writeCodes = ['validation_failed', 'unique_violation', 'idempotency_key_reused'] as const
const bodyCodes = ['unknown_field', 'field_read_only', 'payload_too_large', 'unsupported_media_type'] as const

/** One entry per operation of the route table. */
export const operationTexts: Readonly<Record<OperationId, OperationText>> = {
  createRecord: {
    summary: 'Create a {one}',
    description: 'Fields that are not known are refused, not ignored. Send an `Idempotency-Key` to make retries safe.',
    codes: [...writeCodes, ...bodyCodes, 'not_found'],
  },
  findRecords: {
    summary: 'List {many}',
    description:
      'Those that the caller may see. A filter looks at 2,000 records a page at most, so a page can be short or empty and ' +
      'still have a `nextCursor`; the list ends where it is absent.',
    codes: ['validation_failed', 'invalid_filter', 'invalid_cursor', 'not_found'],
  },
  runBatch: {
    summary: 'Run up to 100 operations on {many}',
    description:
      'Atomic: all or none, in one transaction. Otherwise each stands alone and has its own status in `results`, in order.',
    codes: [...writeCodes, ...bodyCodes, 'version_conflict', 'not_found'],
  },
  upsertRecord: {
    summary: 'Create or change a {one} by its id in another system',
    description: 'Safe to repeat, so an ERP or a shop can simply push what it has. `If-None-Match: *` only creates.',
    codes: [...writeCodes, ...bodyCodes, 'version_conflict', 'not_found'],
  },
  getRecord: {
    summary: 'Read a {one}',
    description: `With \`asOf\` as it was at a time. ${missing}`,
    codes: ['validation_failed', 'unknown_field', 'not_found'],
  },
  updateRecord: {
    summary: 'Change a {one}',
    description:
      'A merge patch (RFC 7396): what is absent stays, null clears. Send the `ETag` you read as `If-Match` to change only ' +
      `what you saw. A patch that changes nothing keeps version and \`ETag\`. ${missing}`,
    codes: [...writeCodes, ...bodyCodes, 'version_conflict', 'not_found'],
  },
  removeRecord: {
    summary: 'Delete a {one}',
    description: `It stays in the recycle bin for 60 days. ${missing}`,
    codes: ['validation_failed', 'idempotency_key_reused', 'version_conflict', 'not_found'],
  },
  restoreRecord: {
    summary: 'Take a {one} out of the recycle bin',
    description: `One that is not in it stays as it is. ${missing}`,
    codes: [...writeCodes, ...bodyCodes, 'version_conflict', 'not_found'],
  },
  revertRecord: {
    summary: 'Give a {one} the values of an earlier version',
    description: `Makes a new version that equals the old one; nothing of the history is lost. ${missing}`,
    codes: [...writeCodes, ...bodyCodes, 'version_conflict', 'not_found'],
  },
  readHistory: {
    summary: 'Read the changes of a {one}',
    description: `Newest first: who, when, by which request, and old and new value per field. ${missing}`,
    codes: ['validation_failed', 'invalid_cursor', 'not_found'],
  },
  readTimeline: {
    summary: 'Read the timeline of a {one}',
    description: `What happened with it, newest first: activities and its own changes. ${missing}`,
    codes: ['validation_failed', 'invalid_cursor', 'not_found'],
  },
  search: {
    summary: 'Search all objects',
    description:
      'By any word of a name or its beginning, by e-mail and by digits of a phone. Follows writes within about a second.',
    codes: ['validation_failed', 'unknown_field'],
  },
  whoAmI: {
    summary: 'Who am I, and what may I do',
    description: 'The user or program of the token, its role, and what the role may do with each object and field.',
    codes: ['unknown_field'],
  },
  listObjects: {
    summary: 'List the object definitions',
    description: 'Every object with its fields, types, options and labels in English and Chinese.',
    codes: ['unknown_field'],
  },
  readObject: {
    summary: 'Read an object definition',
    description: 'One object by its name or its plural, with its fields, types, options and labels.',
    codes: ['unknown_field', 'not_found'],
  },
  readOpenApi: {
    summary: 'Read this document',
    description: 'The OpenAPI 3.1 document of the API, as it is served.',
    codes: ['unknown_field'],
  },
  readDocs: {
    summary: 'Open the documentation page',
    description: 'This document for people, to read and to try out.',
    codes: ['unknown_field'],
  },
  readDocsAsset: {
    summary: 'Read a file of the documentation page',
    description: 'Script and style of the documentation page, served from here so that it works without other sites.',
    codes: ['unknown_field', 'not_found'],
  },
  checkHealth: {
    summary: 'Is the service up',
    description: 'Answers without a token and without touching any data.',
    codes: ['unknown_field'],
  },
}
