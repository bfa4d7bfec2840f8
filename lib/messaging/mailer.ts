import { SESv2Client } from '@aws-sdk/client-sesv2'
import { required } from '#lib/runtime/env.ts'

/** The connection to SES, and who mail comes from; one per container. */
export type Mailer = {
  client: SESv2Client
  /** `Acme CRM <crm@acme.example>`. */
  from: string
  configurationSet: string
}

/** Opens the mailer that the function's environment names. */
export function openMailer(): Mailer {
  // One attempt: SES has no token that makes a second one safe. Whoever sends tries again, and knows what was sent.
  const client = new SESv2Client({
    maxAttempts: 1,
    // Its requestTimeout would only warn.
    requestHandler: { connectionTimeout: 1_000, socketTimeout: 10_000 },
  })
  return { client, from: required('MAIL_FROM'), configurationSet: required('MAIL_CONFIGURATION_SET') }
}
