import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import type { EngineSettings } from '../engine.ts'
import type { Outbox } from './outbox.ts'

const utf8 = z.object({ Data: z.string().min(1), Charset: z.string().optional() })

const input = z.object({
  FromEmailAddress: z.string().min(3),
  Destination: z.object({ ToAddresses: z.array(z.string()).min(1).max(50) }),
  ConfigurationSetName: z.string().optional(),
  Content: z.object({
    Simple: z.object({
      Subject: utf8,
      Body: z.object({ Text: utf8, Html: utf8.optional() }),
      Headers: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
    }),
  }),
})

/** What the template says of mail: whose addresses are proven, and which sets there are. */
export type MailSetup = { identities: readonly string[]; configurationSets: readonly string[] }

/** What the operation works with. */
export type SendParts = { outbox: Outbox; setup: MailSetup; settings: EngineSettings }

/** SESv2's SendEmail; the mail stays in the outbox. */
export function sendEmail(
  { outbox, setup, settings }: SendParts,
  body: unknown,
  demand: (action: string, resource: string) => void,
): { MessageId: string } {
  const { FromEmailAddress, Destination, ConfigurationSetName, Content } = input.parse(body)
  const identity = identityOf(addressIn(FromEmailAddress), setup)
  const arn = (resource: string) => `arn:aws:ses:${settings.region}:${settings.accountId}:${resource}`
  demand('ses:SendEmail', arn(`identity/${identity}`))
  if (ConfigurationSetName !== undefined) {
    demand('ses:SendEmail', arn(`configuration-set/${ConfigurationSetName}`))
    if (!setup.configurationSets.includes(ConfigurationSetName)) {
      const message = `Configuration set ${ConfigurationSetName} does not exist.`
      throw new AwsError('NotFoundException', message, { status: 404 })
    }
  }
  for (const address of Destination.ToAddresses) checkAddress(addressIn(address))
  const { Subject, Body } = Content.Simple
  const id = randomUUID()
  outbox.add({
    id,
    at: new Date(settings.now()).toISOString(),
    from: decoded(FromEmailAddress),
    to: Destination.ToAddresses,
    subject: Subject.Data,
    text: Body.Text.Data,
    ...(Body.Html && { html: Body.Html.Data }),
  })
  return { MessageId: id }
}

/** The proven address, or the proven domain it is of. */
function identityOf(address: string, { identities }: MailSetup): string {
  checkAddress(address)
  const found = [address, address.slice(address.indexOf('@') + 1)].find(name => identities.includes(name))
  if (found !== undefined) return found
  throw new AwsError('MessageRejected', `Email address is not verified: ${address}`)
}

function addressIn(text: string): string {
  return /<([^<>]+)>$/.exec(text)?.[1] ?? text
}

/** As SES: ASCII before the @ only, no spaces. */
function checkAddress(address: string): void {
  if (/^[!-?A-~]{1,64}@[^\s@]+\.[^\s@]+$/.test(address)) return
  throw new AwsError('BadRequestException', "Missing final '@domain'")
}

/** Encoded words as people read them (RFC 2047). */
function decoded(header: string): string {
  return header
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, text: string) => Buffer.from(text, 'base64').toString())
}
