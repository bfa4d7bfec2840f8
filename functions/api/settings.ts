import { notModified, ok } from '#functions/edge/answers.ts'
import { etagOf, ifMatching, isFresh, parseCondition } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import type { SecretKey } from '#lib/messaging/webhook-secret.ts'
import { readSettingsHistory } from '#lib/settings/read-settings-history.ts'
import { settingId } from '#lib/settings/setting-id.ts'
import { readSettings } from '#lib/settings/view-settings.ts'
import * as Ask from '#schemas/api/settings.ts'

/** Loaded when called: the writing half of the engine. Most calls only read. */
const change = () => import('#lib/settings/change-settings.ts')
const secrets = () => import('#lib/settings/read-webhook-secret.ts')
const keys = () => import('#lib/messaging/webhook-secret.ts')
const trial = () => import('#lib/settings/try-standards.ts')

let secretKey: SecretKey | undefined

export const handler = serve([
  on(Ask.ReadSettings, async (ctx, { ifNoneMatch }) => {
    const { view, version } = await readSettings(ctx)
    const headers = { etag: etagOf(settingId, version) }
    const hasIt = isFresh(parseCondition('If-None-Match', ifNoneMatch), settingId, version)
    return hasIt ? notModified(headers) : ok(view, headers)
  }),
  on(Ask.ChangeSettings, async (ctx, input) => {
    const { body: patch, query } = input
    const { changeSettings } = await change()
    const changed = await ifMatching({ ...input, id: settingId }, ifVersions =>
      changeSettings(ctx, { patch, ifVersions, dryRun: query.dryRun }),
    )
    if (!query.dryRun) return ok(changed.view, writtenHeaders(changed))
    const { tryStandards } = await trial()
    return ok(
      { ...changed.view, trial: await tryStandards(ctx, { ...changed, cursor: query.cursor }) },
      { 'x-dry-run': 'true' },
    )
  }),
  on(Ask.RevertSettings, async (ctx, input) => {
    const { dryRun } = input.query
    const { revertSettings } = await change()
    const changed = await ifMatching({ ...input, id: settingId }, ifVersions =>
      revertSettings(ctx, { ...input.body, ifVersions, dryRun }),
    )
    return ok(changed.view, dryRun ? { 'x-dry-run': 'true' } : writtenHeaders(changed))
  }),
  on(Ask.ReadWebhookSecret, async ctx => {
    const [{ readWebhookSecret }, { openSecretKey }] = await Promise.all([secrets(), keys()])
    secretKey ??= openSecretKey()
    return ok(await readWebhookSecret(ctx, secretKey))
  }),
  on(Ask.ReadSettingsHistory, async (ctx, { query }) => ok(await readSettingsHistory(ctx, query))),
])

function writtenHeaders({ version, replayed }: { version: number; replayed: boolean }): Record<string, string> {
  return { etag: etagOf(settingId, version), ...(replayed && { 'idempotency-replayed': 'true' }) }
}
