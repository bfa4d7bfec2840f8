import * as z from 'zod'
import { anyObject, defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, flag, limit } from '#schemas/api/parameters.ts'

const dryRun = flag(
  'Check the change and count the records that new entry standards would find fault with; write nothing.',
)

export const ReadSettings = defineContract({
  operationId: 'readSettings',
  path: noParameters,
  query: noParameters,
  body: noBody,
})

export const ChangeSettings = defineContract({
  operationId: 'changeSettings',
  path: noParameters,
  query: z.strictObject({
    dryRun,
    cursor: cursor.meta({ description: 'With `dryRun=true`: where to go on counting, as `trial.nextCursor` said.' }),
  }),
  body: anyObject,
})

export const RevertSettings = defineContract({
  operationId: 'revertSettings',
  path: noParameters,
  query: z.strictObject({ dryRun: flag('Check what would come back; write nothing.') }),
  body: z.strictObject({
    toVersion: z.int('must be a version from the history, or 0 for the defaults').min(0).meta({
      description: 'Version whose values the settings get again; 0 sets everything back to its default.',
    }),
  }),
})

export const ReadWebhookSecret = defineContract({
  operationId: 'readWebhookSecret',
  path: noParameters,
  query: noParameters,
  body: noBody,
})

export const webhookSecretView = z.strictObject({
  secret: z.string().meta({ description: 'Secret by the Standard Webhooks specification, beginning with `whsec_`.' }),
})

export const ReadSettingsHistory = defineContract({
  operationId: 'readSettingsHistory',
  path: noParameters,
  query: z.strictObject({ limit: limit(50), cursor }),
  body: noBody,
})
