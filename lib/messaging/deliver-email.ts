import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { CrmError, invalidAt, unavailable } from '#lib/errors.ts'
import { headerText } from '#lib/messaging/header-text.ts'
import type { Mailer } from '#lib/messaging/mailer.ts'
import { isOutage } from '#lib/runtime/outage.ts'

/** A mail to one person; `html` is the same in nicer, for readers that show it. */
export type Email = { to: string; subject: string; text: string; html?: string }

/** Errors by which SES says that this mail will never go, however often it is tried. */
const refusals = new Set(['MessageRejected', 'BadRequestException', 'NotFoundException'])

/**
 * Hands one mail to SES. Called twice it sends twice: use `sendEmail` where a retry may come.
 * @throws CrmError `validation_failed` when SES will not take it, `unavailable` when it cannot be told whether it did.
 */
export async function deliverEmail({ client, from, configurationSet }: Mailer, email: Email): Promise<void> {
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })
  const { to, subject, text, html } = email
  const command = new SendEmailCommand({
    FromEmailAddress: senderOf(from),
    Destination: { ToAddresses: [to] },
    ConfigurationSetName: configurationSet,
    Content: {
      Simple: {
        Subject: utf8(oneLine(subject)),
        Body: { Text: utf8(text), ...(html !== undefined && { Html: utf8(html) }) },
        // Out-of-office answers to a machine help nobody (RFC 3834).
        Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
      },
    },
  })
  try {
    await client.send(command)
  } catch (error) {
    throw asCrmError(error)
  }
}

function asCrmError(error: unknown): unknown {
  if (error instanceof CrmError) return error
  if (isOutage(error)) return unavailable('SES does not answer. Trying again is safe.', error)
  if (!(error instanceof Error) || !refusals.has(error.name)) return error
  const detail = `SES does not take the mail: ${error.message} Check the address, and that the sender is verified.`
  return invalidAt('/to', 'undeliverable', detail)
}

/** A line break in a subject would begin another header. */
function oneLine(subject: string): string {
  return subject.replace(/[\r\n]+/g, ' ').trim()
}

/** `Evergreen 长青 <crm@example.com>` with the name as mail headers have it. */
function senderOf(from: string): string {
  const [, name = '', address = from] = /^(.*) <(.+)>$/.exec(from) ?? []
  return name === '' ? address : `${headerText(name)} <${address}>`
}
