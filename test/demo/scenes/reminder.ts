import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

const hourMs = 3_600_000
/** The reminder is due in an hour; the clock is moved a minute beyond. */
const aheadMs = hourMs + 60_000

/** A reminder falls due: the clock by which schedules run is moved, nobody waits. The inbox has it, and so has the mail. */
export async function showReminder({ api, cast, laptop, customer }: Stage): Promise<void> {
  heading(`A reminder falls due 到期提醒: ${customer.name}`)
  const message = `Call ${customer.name} 回电`
  const body = { message, about: customer.id, dueAt: shanghaiTime(Date.now() + hourMs), timeZone: 'Asia/Shanghai' }
  const made = await api.show({ as: cast.rep, method: 'POST', path: '/v1/reminders', body }, 201, ({ json }) => {
    return `due ${json.occurrence} in ${json.zone}, which is ${json.nextAt}`
  })
  await laptop.drain()
  say('Its schedule stands in EventBridge Scheduler. The clock is moved ahead by 61 minutes 调快时钟:')
  await laptop.runAhead(aheadMs)
  await laptop.drain()
  const path = '/v1/notifications?unread=true'
  const isAboutIt = (item: { link?: string }) => item.link === `/v1/reminders/${made.json.id}`
  const { json } = await api.show({ as: cast.rep, method: 'GET', path }, 200, ({ json: { items } }) => {
    return `unread: ${items.filter(isAboutIt).map((item: { title: string }) => item.title)}`
  })
  const told = json.items.filter(isAboutIt)
  check(told.length === 1, `the inbox has the reminder once (it has it ${told.length} times)`)
  for (const line of String(told[0].body).split('\n')) say(`    ${line}`)
  showMail(join(laptop.dataDir, 'outbox'), message)
}

/** The mail as its file in the outbox has it. */
function showMail(outbox: string, subject: string): void {
  const files = readdirSync(outbox).filter(name => name.endsWith('.eml'))
  const mails = files.map(name => readFileSync(join(outbox, name), 'utf8'))
  const found = mails.filter(text => text.includes(`Subject: ${subject}\n`))
  check(found.length === 1, `the outbox has one mail about it (it has ${found.length})`)
  say('The mail, as a file in .evergreen/outbox 邮件:')
  const mail = found[0] ?? ''
  const head = mail.split('\n').filter(line => /^(From|To|Subject):/.test(line))
  const [, plain = ''] = /8bit\n\n(.*?)\n--evergreen/s.exec(mail) ?? []
  for (const line of [...head, ...plain.split('\n').filter(text => text !== '')]) say(`    ${line}`)
}

/** A moment on the clocks of Shanghai, without its offset. */
function shanghaiTime(at: number): string {
  return new Date(at + 8 * hourMs).toISOString().slice(0, 19)
}
