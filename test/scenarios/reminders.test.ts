import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyWebhook } from '#lib/messaging/webhook-signature.ts'
import { useCrm } from '../support/crm.ts'

const crm = useCrm()
const hour = 3_600_000

/** A time on the clocks of Shanghai, so many milliseconds from now. */
const inShanghai = (ms: number) => new Date(Date.now() + ms + 8 * hour).toISOString().slice(0, 19)

type Told = Record<'kind' | 'title' | 'body' | 'link', string>

async function told(as: 'rep' | 'rep2' | 'manager', recordId: string | undefined): Promise<Told[]> {
  const { json } = await crm.send({ as, method: 'GET', path: '/v1/notifications?limit=200' })
  return json.items.filter(({ link }: Told) => link.endsWith(`/${recordId}`))
}

/** Moves the clock of one-time schedules ahead, and lets everything react. */
async function letPass(ms: number): Promise<void> {
  await crm.stack().drain()
  await crm.stack().runAhead(ms)
  await crm.stack().drain()
}

async function change(path: string, body: object, as: 'admin' | 'rep' = 'rep') {
  const reply = await crm.send({ as, method: 'PATCH', path, body })
  expect(reply.status, reply.text).toBe(200)
  return reply.json
}

describe('a reminder', () => {
  it('is told when its time comes: in the inbox, by mail, once', async () => {
    const customer = await crm.create('rep', 'customers', { name: '华兴贸易' })
    const body = { message: '给华兴回电', about: customer['id'], dueAt: inShanghai(hour) }
    const made = await crm.create('rep', 'reminders', body)
    await letPass(hour + 60_000)
    expect(await told('rep', made['id'])).toMatchObject([
      { kind: 'reminder', title: '给华兴回电', body: expect.stringContaining('华兴贸易') },
    ])
    const mails = crm
      .stack()
      .outbox()
      .filter(({ subject }) => subject === '给华兴回电')
    expect(mails).toMatchObject([{ to: ['rep@example.com'], from: 'Evergreen 长青 <crm@example.com>' }])
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: `/v1/reminders/${made['id']}` })
    expect(json).toMatchObject({ state: 'open', lastOccurrence: made['occurrence'] })
    expect(json.nextAt).toBeUndefined()
    const listed = await crm.send({ as: 'rep', method: 'GET', path: `/v1/reminders?parent=${customer['id']}` })
    expect(listed.json.items.map(({ id }: { id: string }) => id)).toEqual([made['id']])
  })

  it('that was moved is told at its new time alone; done, it is told no more', async () => {
    const made = await crm.create('rep', 'reminders', { message: 'moved', dueAt: inShanghai(hour) })
    const ended = await crm.create('rep', 'reminders', { message: 'ended', dueAt: inShanghai(hour) })
    await crm.stack().drain()
    await change(`/v1/reminders/${made['id']}`, { dueAt: inShanghai(3 * hour) })
    await change(`/v1/reminders/${ended['id']}`, { state: 'done' })
    await letPass(hour + 60_000)
    expect(await told('rep', made['id'])).toEqual([])
    await letPass(3 * hour + 60_000)
    expect(await told('rep', made['id'])).toHaveLength(1)
    expect(await told('rep', ended['id'])).toEqual([])
  })

  it('that was already due is told at once', async () => {
    const made = await crm.create('rep', 'reminders', { message: 'late', dueAt: inShanghai(-hour) })
    await crm.stack().drain()
    expect(await told('rep', made['id'])).toHaveLength(1)
  })

  it('comes again by its rule, and goes on after it was told', async () => {
    const body = { message: 'daily', dueAt: inShanghai(hour), repeat: 'FREQ=DAILY;COUNT=3' }
    const made = await crm.create('rep', 'reminders', body)
    await letPass(hour + 60_000)
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: `/v1/reminders/${made['id']}` })
    expect(json.occurrence).toBe(inShanghai(25 * hour).slice(0, 11) + made['occurrence']?.slice(11))
    await letPass(25 * hour + 60_000)
    expect(await told('rep', made['id'])).toHaveLength(2)
  })

  it('of an activity is told; of one that is done it is not', async () => {
    const remindAt = new Date(Date.now() + hour).toISOString()
    const open = await crm.create('rep', 'activities', { type: 'task', subject: 'open', remindAt })
    const done = await crm.create('rep', 'activities', { type: 'task', subject: 'done', remindAt })
    await change(`/v1/activities/${done['id']}`, { status: 'done' })
    await letPass(hour + 60_000)
    expect(await told('rep', open['id'])).toMatchObject([{ title: 'open' }])
    expect(await told('rep', done['id'])).toEqual([])
  })

  it('is refused where it says a time or a rule that is none', async () => {
    const body = { message: 'x', dueAt: '2026-13-01T09:00:00', timeZone: 'Mars/Olympus', repeat: 'FREQ=MINUTELY' }
    const { status, json } = await crm.send({ as: 'rep', method: 'POST', path: '/v1/reminders', body })
    expect([status, json.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
      400,
      ['/dueAt', '/timeZone', '/repeat'],
    ])
  })
})

// Open to the end of the file: the tenant's webhook stays there, and what it does not take is tried for minutes.
const got: { body: string; headers: Record<string, unknown> }[] = []
let server: Server
let url = ''
beforeAll(async () => {
  server = createServer(async (request, response) => {
    got.push({ headers: request.headers, body: await text(request) })
    response.writeHead(204).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/crm`
})
afterAll(() => server.close())

describe('the webhook', () => {
  it('gets each notification, signed with the secret that an admin can read and a rep cannot', async () => {
    const path = '/v1/settings/webhook-secret'
    expect((await crm.send({ as: 'rep', method: 'GET', path })).status).toBe(404)
    const { secret } = (await crm.send({ as: 'admin', method: 'GET', path })).json
    await change('/v1/settings', { notifications: { webhook: { url } } }, 'admin')
    // A warm consumer learns of new settings within half a minute: until then notifications stay in the inbox.
    const arrived = async () => {
      await crm.create('rep2', 'reminders', { message: 'hook', dueAt: inShanghai(-60_000) })
      await crm.stack().drain()
      return got.length
    }
    await expect.poll(arrived, { timeout: 50_000, interval: 4_000 }).toBeGreaterThan(0)
    const { headers, body } = got.at(-1) ?? { headers: {}, body: '' }
    const timestamp = Number(headers['webhook-timestamp'])
    const content = { id: String(headers['webhook-id']), timestamp, payload: body }
    expect(verifyWebhook(secret, { ...content, signature: String(headers['webhook-signature']) }, timestamp)).toBe(true)
  })

  it.each(['http://example.com/', 'https://a:b@example.com/', 'nowhere'])('%s cannot be set', async address => {
    const body = { notifications: { webhook: { url: address } } }
    const { status, json } = await crm.send({ as: 'admin', method: 'PATCH', path: '/v1/settings', body })
    expect([status, json.errors[0].pointer]).toEqual([400, '/notifications/webhook/url'])
  })
})

describe('rules for follow-ups', () => {
  it('are refused where they name what is not there, with what to do', async () => {
    const body = {
      followUps: {
        rules: { A: { object: 'customer', condition: 'record.tire == "A"', noActivityDays: 14 } },
        dates: { B: { object: 'contact', field: 'name', daysBefore: 3 } },
      },
    }
    const { status, json } = await crm.send({ as: 'admin', method: 'PATCH', path: '/v1/settings', body })
    const pointers = json.errors.map(({ pointer }: { pointer: string }) => pointer)
    expect([status, pointers]).toEqual([400, ['/followUps/rules/A/condition', '/followUps/dates/B/field']])
  })

  it('remind of a birthday, and the digest of the morning names it', async () => {
    const today = new Date(Date.now() + 8 * hour).toISOString().slice(5, 10)
    await crm.create('rep', 'contacts', { name: 'Li Na', birthday: `1988-${today}` })
    const dates = { 生日: { object: 'contact', field: 'birthday', daysBefore: 0, yearly: true } }
    await change('/v1/settings', { followUps: { dates } }, 'admin')
    await crm.stack().invoke('schedules/follow-up', { kind: 'followUp' })
    await crm.stack().invoke('schedules/follow-up', { kind: 'followUp' })
    await letPass(24 * hour)
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: '/v1/notifications?limit=200' })
    const birthdays = json.items.filter(({ kind }: Told) => kind === 'dateReminder')
    expect(birthdays).toMatchObject([{ title: expect.stringContaining('生日：Li Na') }])
  })
})
