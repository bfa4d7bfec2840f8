import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { type Ses, startSes } from '#infra/local/engines/ses/start-ses.ts'
import { clientOptions, errorName, newFolder } from './support/client-options.ts'

const dir = newFolder()
const at = Date.parse('2026-03-02T01:00:00Z')
const setup = { identities: ['example.com'], configurationSets: ['evergreen-acme'] }
const authorize = createAuthorizer({
  mailer: [
    {
      Statement: {
        Effect: 'Allow',
        Action: 'ses:SendEmail',
        Resource: [
          'arn:aws:ses:eu-central-1:000000000000:identity/example.com',
          'arn:aws:ses:eu-central-1:000000000000:configuration-set/evergreen-acme',
        ],
      },
    },
  ],
  stranger: [],
})
let ses: Ses
beforeAll(async () => {
  ses = await startSes({ dir, region: 'eu-central-1', setup, authorize, now: () => at })
})
afterAll(() => ses.stop())

const mail = (more: Partial<SendEmailCommandInput> = {}) => ({
  FromEmailAddress: '=?UTF-8?B?6ZW/6Z2S?= <crm@example.com>',
  Destination: { ToAddresses: ['li.na@example.cn'] },
  ConfigurationSetName: 'evergreen-acme',
  Content: {
    Simple: {
      Subject: { Data: '提醒: call back' },
      Body: { Text: { Data: '您好\nHi' }, Html: { Data: '<p>您好</p>' } },
    },
  },
  ...more,
})
const send = (more: Partial<SendEmailCommandInput> = {}, principal = 'mailer') => {
  // The engine's clock is a test's, which signatures are checked against.
  const client = new SESv2Client({ ...clientOptions(ses.url, principal), systemClockOffset: at - Date.now() })
  return client.send(new SendEmailCommand(mail(more)))
}

describe('SES on the laptop', () => {
  it('keeps each mail as a file that a person can read, and as a line of a list', async () => {
    const { MessageId } = await send()
    expect(ses.outbox()).toEqual([
      {
        id: MessageId,
        at: '2026-03-02T01:00:00.000Z',
        from: '长青 <crm@example.com>',
        to: ['li.na@example.cn'],
        subject: '提醒: call back',
        text: '您好\nHi',
        html: '<p>您好</p>',
      },
    ])
    const [file = ''] = readdirSync(dir).filter(name => name.endsWith('.eml'))
    expect(file).toMatch(/^2026-03-02T01-00-00-000Z li\.na@example\.cn [\w-]{6}\.eml$/)
    const text = readFileSync(join(dir, file), 'utf8')
    expect(text).toContain('Subject: 提醒: call back\n')
    expect(text).toContain('multipart/alternative')
    expect(text).toContain('\n\n您好\nHi\n')
  })

  it.each<[string, string, Partial<SendEmailCommandInput>, string?]>([
    ['a sender whose domain is not proven', 'MessageRejected', { FromEmailAddress: 'crm@evil.example' }],
    ['an address that is none', 'BadRequestException', { Destination: { ToAddresses: ['li na'] } }],
    ['nobody', 'BadRequestException', { Destination: { ToAddresses: [] } }],
    ['an unknown configuration set', 'AccessDeniedException', { ConfigurationSetName: 'other' }],
    ['who may not', 'AccessDeniedException', {}, 'stranger'],
  ])('refuses %s', async (_, code, more, principal) => {
    const before = ses.outbox().length
    expect(await errorName(send(more, principal))).toBe(code)
    expect(ses.outbox()).toHaveLength(before)
  })
})
