import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Mailer } from '#lib/messaging/mailer.ts'
import { sendEmail } from '#lib/messaging/send-email.ts'
import { handClock, refusalOf, startTables, systemContext, type Tables } from '../../../support/table.ts'

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const ses = mockClient(SESv2Client)
beforeEach(() => ses.reset())
const clock = handClock()
const mailer: Mailer = {
  client: new SESv2Client({}),
  from: '长青 CRM <crm@example.com>',
  configurationSet: 'evergreen-test',
}
let count = 0
const mail = () => ({ key: `key ${++count}`, to: 'li.na@example.cn', subject: 'Call\r\nBcc: x@y.z', text: '您好' })
const send = (email: ReturnType<typeof mail>) => sendEmail(systemContext(tables, { clock }), mailer, email)
const failure = (name: string, status: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } })
const sent = () => ses.commandCalls(SendEmailCommand).length

describe('sendEmail', () => {
  it('sends once per key, whoever calls again', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' })
    const email = mail()
    expect([await send(email), await send(email), await send({ ...email, text: 'other' })]).toEqual([
      true,
      false,
      false,
    ])
    expect(sent()).toBe(1)
  })

  it('of ten callers at once one sends, and the others are told to come again', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' })
    const email = mail()
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => send(email)))
    expect(sent()).toBe(1)
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    expect(await send(email)).toBe(false)
  })

  it('encodes the sender’s name, and lets no line break into the subject', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'm' })
    await send(mail())
    const { input } = ses.commandCalls(SendEmailCommand)[0]?.args[0] ?? {}
    expect(input?.FromEmailAddress).toBe('=?UTF-8?B?6ZW/6Z2SIENSTQ==?= <crm@example.com>')
    expect(input?.Content?.Simple?.Subject?.Data).toBe('Call Bcc: x@y.z')
  })

  it('what SES refuses is told, and may be tried again at once', async () => {
    const email = mail()
    ses.on(SendEmailCommand).rejectsOnce(failure('MessageRejected', 400)).resolves({ MessageId: 'm' })
    expect(await refusalOf(send(email))).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/to', code: 'undeliverable' }],
    })
    expect(await send(email)).toBe(true)
  })

  it('after an outage nobody sends for two minutes, since the mail may have gone; then it is tried again', async () => {
    const email = mail()
    ses.on(SendEmailCommand).rejectsOnce(failure('ServiceUnavailable', 503)).resolves({ MessageId: 'm' })
    expect(await refusalOf(send(email))).toMatchObject({ code: 'unavailable' })
    expect(await refusalOf(send(email))).toMatchObject({ code: 'unavailable' })
    expect(sent()).toBe(1)
    clock.advance(121_000)
    expect(await send(email)).toBe(true)
    expect(await send(email)).toBe(false)
  })
})
