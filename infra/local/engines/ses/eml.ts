import type { SentMail } from './outbox.ts'

/** A mail as a file that mail programs open and people read: UTF-8 throughout (RFC 6532). */
export function emlOf({ id, at, from, to, subject, text, html }: SentMail): string {
  const boundary = `evergreen-${id}`
  const head = [
    `From: ${from}`,
    `To: ${to.join(', ')}`,
    `Subject: ${subject}`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@email.evergreen.local>`,
    'MIME-Version: 1.0',
  ]
  const part = (type: string, body: string) =>
    [`Content-Type: ${type}; charset=UTF-8`, 'Content-Transfer-Encoding: 8bit', '', body].join('\n')
  if (html === undefined) return `${[...head, part('text/plain', text)].join('\n')}\n`
  const parts = [part('text/plain', text), part('text/html', html)].map(each => `--${boundary}\n${each}\n`)
  return [
    ...head,
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...parts,
    `--${boundary}--\n`,
  ].join('\n')
}
