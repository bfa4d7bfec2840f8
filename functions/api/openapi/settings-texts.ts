import type { OperationText } from '#functions/api/openapi/operation-texts.ts'

const writeCodes = [
  'validation_failed',
  'unknown_field',
  'idempotency_key_reused',
  'version_conflict',
  'payload_too_large',
  'unsupported_media_type',
  'not_found',
] as const

/** What the documentation says of the operations on settings. */
export const settingsTexts = {
  readSettings: {
    summary: 'Read the settings',
    description:
      'What the tenant has decided about its data, every default in its place: cleanup schedule and fixes, quality, ' +
      'retention, refresh plans, audits, reports, entry standards. Roles that may not read settings see what entering data needs.',
    codes: ['validation_failed', 'unknown_field'],
  },
  changeSettings: {
    summary: 'Change the settings',
    description:
      'A merge patch (RFC 7396): what is absent stays, null sets back to the default. With `dryRun=true` nothing is written, ' +
      'and `trial` counts the records that new entry standards would find fault with, with examples. In force everywhere ' +
      'within 30 seconds.',
    codes: [...writeCodes, 'invalid_cursor'],
  },
  readWebhookSecret: {
    summary: 'Read the secret of the webhook',
    description:
      'What a receiver checks the signature of a webhook with (standardwebhooks.com). It is made in KMS and stored ' +
      'nowhere; for those who may change the settings.',
    codes: ['validation_failed', 'unknown_field', 'not_found'],
  },
  readSettingsHistory: {
    summary: 'Read the changes of the settings',
    description: 'Newest first: who, when, by which request, and old and new value per section.',
    codes: ['validation_failed', 'unknown_field', 'invalid_cursor', 'not_found'],
  },
  revertSettings: {
    summary: 'Give the settings the values of an earlier version',
    description: 'Makes a new version that equals the old one, if what it names still exists.',
    codes: writeCodes,
  },
} satisfies Record<string, OperationText>
