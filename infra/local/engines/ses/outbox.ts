import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { emlOf } from './eml.ts'

const sentMail = z.object({
  id: z.string(),
  /** RFC 3339. */
  at: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string().optional(),
})

/** A mail as it went out. */
export type SentMail = z.infer<typeof sentMail>

/** Mail that leaves nobody's machine: a readable `.eml` file each, and one list of all for programs. */
export type Outbox = { add(mail: SentMail): void; list(): SentMail[] }

/** Opens the outbox of a folder; made when missing. */
export function openOutbox(dir: string): Outbox {
  mkdirSync(dir, { recursive: true })
  const list = join(dir, 'mails.jsonl')
  return {
    add: mail => {
      writeFileSync(join(dir, fileName(mail)), emlOf(mail), { mode: 0o600 })
      appendFileSync(list, `${JSON.stringify(mail)}\n`, { mode: 0o600 })
    },
    list: () => (existsSync(list) ? readFileSync(list, 'utf8').split('\n').flatMap(parseLine) : []),
  }
}

/** Sorted by time, and told apart by whom it goes to. */
function fileName({ at, id, to }: SentMail): string {
  const who = (to[0] ?? '').replace(/[^\w.@+-]/g, '_').slice(0, 60)
  return `${at.replace(/[:.]/g, '-')} ${who} ${id.slice(-6)}.eml`
}

/** A kill may have cut the last line short. */
function parseLine(line: string): SentMail[] {
  try {
    return [sentMail.parse(JSON.parse(line))]
  } catch {
    return []
  }
}
