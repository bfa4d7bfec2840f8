import { jsonAnswer } from '#functions/api/openapi/answers.ts'
import { type Body, bodyOf } from '#functions/api/openapi/bodies.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import type { OperationText } from '#functions/api/openapi/operation-texts.ts'
import { ReviewAccessAlert } from '#schemas/api/access-log.ts'

type Exchange = { body?: Body; answers: Record<string, Schema> }

/** What the documentation says of the access log. */
export const accessTexts = {
  findAccesses: {
    summary: 'Ask the access log',
    description:
      'Who did what, the latest first: every call of the API, refused ones too, and every step of long work, some seconds ' +
      'after it happened. With `record`: who viewed, changed or exported it, lists that showed it included (once a minute ' +
      'for each person). For admins and auditors; auditors see addresses masked.',
    codes: ['validation_failed', 'unknown_field', 'invalid_cursor', 'not_found'],
  },
  verifyAccessLog: {
    summary: 'Check that the access log was not altered',
    description:
      'Reads the log files and signed digests of some hours, the last 24 by default, and holds them against one another and ' +
      'against what the second region keeps. What is wrong is named file by file. A long time may end `unfinished`: ask on ' +
      'from its `to`. The result is kept. `npm run access-log -- verify` does the same without limits, or on a copy.',
    codes: ['validation_failed', 'unknown_field', 'not_found'],
  },
  reviewAccessAlert: {
    summary: 'Say what an access alert came to',
    description:
      'For those who may change users. Nobody reviews what the log says of themselves. Said again, the last counts; what was ' +
      'said before stays in the history.',
    codes: [
      'validation_failed',
      'unknown_field',
      'idempotency_key_reused',
      'payload_too_large',
      'unsupported_media_type',
      'not_found',
    ],
  },
} as const satisfies Record<string, OperationText>

/** What the operations on the access log answer. */
export const accessExchanges = {
  findAccesses: { answers: { 200: jsonAnswer('A page of accesses.', reference('AccessPage'), {}) } },
  verifyAccessLog: { answers: { 200: jsonAnswer('What it came to.', reference('AccessLogVerification'), {}) } },
  reviewAccessAlert: {
    body: bodyOf(ReviewAccessAlert.body, {
      conclusion: 'expected',
      note: '季度盘点导出，已与本人核实。',
    }),
    answers: {
      200: jsonAnswer('The alert, reviewed.', reference('AccessAlert'), { headers: ['ETag', 'IdempotencyReplayed'] }),
    },
  },
} satisfies Record<string, Exchange>
