import { accessTexts } from '#functions/api/openapi/access-operations.ts'
import { backupTexts } from '#functions/api/openapi/backup-operations.ts'
import { qualityTexts } from '#functions/api/openapi/quality-texts.ts'
import { refreshTexts } from '#functions/api/openapi/refresh-texts.ts'
import { restoreTexts } from '#functions/api/openapi/restore-operations.ts'
import { runTexts } from '#functions/api/openapi/run-operations.ts'
import { settingsTexts } from '#functions/api/openapi/settings-texts.ts'
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
const absorbedNote = 'The id of a record that was merged into another leads on to that (308).'
const writeCodes = ['validation_failed', 'unique_violation', 'idempotency_key_reused'] as const
const bodyCodes = ['unknown_field', 'field_read_only', 'payload_too_large', 'unsupported_media_type'] as const

/** One entry per operation of the route table. */
export const operationTexts: Readonly<Record<OperationId, OperationText>> = {
  createRecord: {
    summary: 'Create a {one}',
    description:
      'Fields that are not known are refused, not ignored. Send an `Idempotency-Key` to make retries safe. A likely ' +
      'duplicate of a record that you may see is refused, naming it, unless `allowDuplicates=true`.',
    codes: [...writeCodes, ...bodyCodes, 'duplicate_record', 'not_found'],
  },
  findRecords: {
    summary: 'List {many}',
    description:
      'Those that the caller may see. A filter looks at 2,000 records a page at most, so a page can be short or empty and ' +
      'still have a `nextCursor`; the list ends where it is absent.',
    codes: ['validation_failed', 'invalid_filter', 'invalid_cursor', 'record_merged', 'not_found'],
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
    description: `With \`asOf\` as it was at a time. ${absorbedNote} ${missing}`,
    codes: ['validation_failed', 'unknown_field', 'record_merged', 'not_found'],
  },
  updateRecord: {
    summary: 'Change a {one}',
    description:
      'A merge patch (RFC 7396): what is absent stays, null clears. Send the `ETag` you read as `If-Match` to change only ' +
      `what you saw. A patch that changes nothing keeps version and \`ETag\`. ${absorbedNote} ${missing}`,
    codes: [...writeCodes, ...bodyCodes, 'record_merged', 'version_conflict', 'not_found'],
  },
  removeRecord: {
    summary: 'Delete a {one}',
    description: `It stays in the recycle bin for 60 days. ${missing}`,
    codes: ['validation_failed', 'idempotency_key_reused', 'version_conflict', 'not_found'],
  },
  restoreRecord: {
    summary: 'Take a {one} out of the recycle bin',
    description: `One that is not in it stays as it is; one that was merged comes back by undoing the merge. ${missing}`,
    codes: [...writeCodes, ...bodyCodes, 'merge_conflict', 'version_conflict', 'not_found'],
  },
  revertRecord: {
    summary: 'Give a {one} the values of an earlier version',
    description: `Makes a new version that equals the old one; nothing of the history is lost. ${missing}`,
    codes: [...writeCodes, ...bodyCodes, 'version_conflict', 'not_found'],
  },
  readHistory: {
    summary: 'Read the changes of a {one}',
    description: `Newest first: who, when, by which request, and old and new value per field. ${missing}`,
    codes: ['validation_failed', 'record_merged', 'invalid_cursor', 'not_found'],
  },
  readTimeline: {
    summary: 'Read the timeline of a {one}',
    description: `What happened with it, newest first: activities and its own changes. ${missing}`,
    codes: ['validation_failed', 'record_merged', 'invalid_cursor', 'not_found'],
  },
  createImport: {
    summary: 'Begin an import',
    description:
      'Answers with an address for the file: `PUT` it there with the headers given, then inspect or start the import. ' +
      'CSV of any size, in UTF-8, GB18030, Big5 or UTF-16.',
    codes: [...writeCodes, ...bodyCodes, 'not_found'],
  },
  inspectImport: {
    summary: 'Look at the file of an import',
    description:
      'Its encoding, delimiter and header, the field proposed for each column, its first rows and what is wrong with them.',
    codes: ['validation_failed', ...bodyCodes, 'not_found'],
  },
  startImport: {
    summary: 'Start an import',
    description:
      'Whoever may create a record may import it. A file that cannot be read, or a mapping to no field, is refused here; ' +
      'a bad row is rejected by itself. Starting again with the same settings is safe.',
    codes: [...writeCodes, ...bodyCodes, 'not_found'],
  },
  getImport: {
    summary: 'Read an import',
    description: `How far it is, and its report once it has ended. ${missing}`,
    codes: ['validation_failed', 'not_found'],
  },
  cancelImport: {
    summary: 'Cancel an import',
    description: 'It stops after the rows it is writing. What it wrote stays until the import is undone.',
    codes: [...writeCodes, ...bodyCodes, 'not_found'],
  },
  readImportRejects: {
    summary: 'Read the rejected rows of an import',
    description: 'CSV in UTF-8 with a byte order mark: the row number, the reasons and the columns of the file.',
    codes: ['validation_failed', 'not_found'],
  },
  undoImport: {
    summary: 'Undo an import',
    description:
      'Deletes what it created and gives back what it changed. Records that were changed since stay, and are listed as conflicts.',
    codes: [...writeCodes, ...bodyCodes, 'not_found'],
  },
  readImportConflicts: {
    summary: 'List what undoing an import left alone',
    description: 'Records of the import that were changed by somebody else since.',
    codes: ['validation_failed', 'invalid_cursor', 'not_found'],
  },
  createExport: {
    summary: 'Export records',
    description:
      'Those that the caller may see, as the caller sees them: hidden fields left out, masked ones masked. ' +
      'Cells that a spreadsheet would run as a formula are made text.',
    codes: [...writeCodes, ...bodyCodes, 'invalid_filter', 'not_found'],
  },
  getExport: {
    summary: 'Read an export',
    description: 'How far it is; once done, where its file can be got for 15 minutes. Ask again for a fresh address.',
    codes: ['validation_failed', 'not_found'],
  },
  mergeRecord: {
    summary: 'Merge other {many} into a {one}',
    description:
      'They become one: their values by rules (`decisions` says which and why), lists united, what hangs on them moved. Needs ' +
      'the right to change the survivor and to delete the others. Their ids lead on to the survivor (308) when read or ' +
      `changed; the merge can be undone. ${missing}`,
    codes: [...writeCodes, ...bodyCodes, 'merge_conflict', 'version_conflict', 'not_found'],
  },
  readDuplicates: {
    summary: 'Find the duplicates of a {one}',
    description: `Those that the caller may see, with reasons; pairs that somebody said are two are left out. ${missing}`,
    codes: ['validation_failed', 'unknown_field', 'record_merged', 'not_found'],
  },
  findDuplicateGroups: {
    summary: 'List groups of likely duplicates',
    description:
      'The most likely first; those of which the caller may see every member. Follows writes within about a second.',
    codes: ['validation_failed', 'unknown_field', 'invalid_cursor', 'not_found'],
  },
  decideDuplicates: {
    summary: 'Decide what a group of likely duplicates is',
    description:
      '`merge` makes the members one and can be undone. `notDuplicate` is remembered: these are never suggested again, ' +
      'whatever becomes of their values.',
    codes: [...writeCodes, ...bodyCodes, 'merge_conflict', 'version_conflict', 'not_found'],
  },
  undoMerge: {
    summary: 'Undo a merge',
    description:
      'The absorbed records come back as they were, and what had moved moves back. What was edited since stays, and is ' +
      'listed in `kept`. Who could merge the records can undo it.',
    codes: [...writeCodes, ...bodyCodes, 'merge_conflict', 'not_found'],
  },
  ...qualityTexts,
  ...settingsTexts,
  ...accessTexts,
  ...runTexts,
  ...restoreTexts,
  ...backupTexts,
  ...refreshTexts,
  search: {
    summary: 'Search all objects',
    description:
      'By any word or part of a name, in Chinese also by pinyin (`huaxing`, `hua xing`), initials (`hx`) and in either script (華星, 华星); by e-mail, its domain, ' +
      'and the beginning or end of a phone number. Several words must all be found. Best first. The index follows writes within about a second: `indexedThrough` tells.',
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
