import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms'
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { verifyWebhook } from '#lib/messaging/webhook-signature.ts'
import { deliverNotification } from '#lib/notifications/deliver-notification.ts'
import { notificationId, notify } from '#lib/notifications/notify.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import {
  actorWithRole,
  handClock,
  objectNamed,
  refusalOf,
  startTables,
  systemContext,
  type Tables,
} from '../../../support/table.ts'

let tables: Tables
let server: Server
let url: string
let status = 200
const got: { id: unknown; body: string; timestamp: number; signature: string }[] = []
beforeAll(async () => {
  tables = await startTables()
  server = createServer(async (request, response) => {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers
    got.push({ id, body: await text(request), timestamp: Number(timestamp), signature: String(signature) })
    response.writeHead(status).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
})
afterAll(async () => {
  server.close()
  await tables.stop()
})

const [ses, kms] = [mockClient(SESv2Client), mockClient(KMSClient)]
beforeEach(() => {
  status = 200
  got.length = 0
  ses.reset().on(SendEmailCommand).resolves({ MessageId: 'm' })
  kms
    .reset()
    .on(GenerateMacCommand)
    .resolves({ Mac: new Uint8Array(32).fill(7) })
})
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const clock = handClock('2026-03-02T01:00:00.000Z')
const channels = {
  mailer: { client: new SESv2Client({}), from: 'CRM <crm@example.com>', configurationSet: 'set' },
  secretKey: { client: new KMSClient({}), keyArn: 'key' },
  loopback: true,
}

let count = 0
/** A notification to somebody, delivered under a policy. */
async function stage(notifications: object, { kind = 'reminder', locale = 'en' } = {}) {
  const ctx = systemContext(tables, { clock, policy: tenantPolicy.parse({ notifications }) })
  const user = await actorWithRole(tables, {
    permissions: [{ object: 'customer', create: 'none', read: 'own', update: 'none', delete: 'none' }],
  })
  await updateRecord(ctx, { object: objectNamed('user'), id: user.id, patch: { locale } })
  const key = `k${++count}`
  await notify(ctx, {
    userId: user.id,
    kind,
    title: 'Call <Li Na>',
    body: 'Due 10:00',
    link: '/v1/reminders/rem_1',
    key,
  })
  const id = notificationId({ userId: user.id, key })
  return { id, user, deliver: () => deliverNotification(ctx, channels, id), ctx }
}
const mails = () => ses.commandCalls(SendEmailCommand).map(call => call.args[0].input)

describe('a notification', () => {
  it('is mailed once, in the user’s language, with what people wrote as text', async () => {
    const { deliver, user } = await stage({}, { locale: 'zhCN' })
    await deliver()
    await deliver()
    expect(mails()).toHaveLength(1)
    const { Destination, Content } = mails()[0] ?? {}
    expect(Destination?.ToAddresses).toEqual([user.email])
    expect(Content?.Simple?.Body?.Text?.Data).toContain('您好')
    expect(Content?.Simple?.Body?.Html?.Data).toContain('Call &lt;Li Na&gt;')
  })

  it('is mailed in the tenant’s own words where there are some', async () => {
    const { deliver } = await stage({
      templates: { en: { subject: '[Acme] {{title}}', text: '{{ name }}: {{body}}' } },
    })
    await deliver()
    expect(mails()[0]?.Content?.Simple).toMatchObject({
      Subject: { Data: '[Acme] Call <Li Na>' },
      Body: { Text: { Data: expect.stringContaining(': Due 10:00') } },
    })
  })

  it.each([
    [
      'at the address that the settings name',
      { site: 'https://crm.acme.example/' },
      '\nhttps://crm.acme.example/v1/reminders/rem_1\n',
    ],
    ['as a path where they name none', {}, '\n/v1/reminders/rem_1\n'],
  ])('is mailed with its link, %s', async (_, notifications, link) => {
    const { deliver } = await stage(notifications)
    await deliver()
    expect(mails()[0]?.Content?.Simple?.Body?.Text?.Data).toContain(link)
  })

  it.each<[string, object, { kind?: string }]>([
    ['mail is switched off', { email: false }, {}],
    ['its kind is', { mailed: { reminder: false } }, {}],
    ['its kind is none that is mailed', {}, { kind: 'weeklyQualityReport' }],
  ])('stays in the inbox when %s', async (_, notifications, more) => {
    const { deliver } = await stage(notifications, more)
    await deliver()
    expect(mails()).toEqual([])
  })

  it('is not mailed to somebody who has left', async () => {
    const { deliver, user, ctx } = await stage({})
    await updateRecord(ctx, { object: objectNamed('user'), id: user.id, patch: { status: 'disabled' } })
    await deliver()
    expect(mails()).toEqual([])
  })

  it('goes to the webhook, signed, once; a try that failed comes again under the same id', async () => {
    const { deliver, id } = await stage({ webhook: { url } })
    status = 503
    expect(await refusalOf(deliver())).toMatchObject({ code: 'unavailable' })
    status = 200
    await deliver()
    await deliver()
    expect(got.map(each => each.id)).toEqual([`msg_${id}`, `msg_${id}`])
    const [, { body, ...signed } = { body: '', id: '', timestamp: 0, signature: '' }] = got
    expect(JSON.parse(body)).toMatchObject({ type: 'notification.created', data: { id, title: 'Call <Li Na>' } })
    expect(verifyWebhook(secret, { ...signed, id: String(signed.id), payload: body }, signed.timestamp)).toBe(true)
    expect(mails()).toHaveLength(1)
  })

  it('whose webhook leads inside is mailed all the same, and is not tried again', async () => {
    const { deliver } = await stage({ webhook: { url: 'https://169.254.169.254/' } })
    await deliver()
    expect(mails()).toHaveLength(1)
  })
})
