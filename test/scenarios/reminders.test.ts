import { describe, expect, it } from 'vitest'
import { useCrm } from '../support/crm.ts'

const crm = useCrm()
const hour = 3_600_000

/** A time on the clocks of Shanghai, so many milliseconds from now. */
const inShanghai = (ms: number) => new Date(Date.now() + ms + 8 * hour).toISOString().slice(0, 19)

const inbox = async (as: 'rep' | 'rep2' | 'manager') =>
  (await crm.send({ as, method: 'GET', path: '/v1/notifications' })).json.items as Record<string, string>[]

describe('a reminder', () => {
  it('is told when its time comes: in the inbox, by mail, once', async () => {
    const customer = await crm.create('rep', 'customers', { name: '华兴贸易' })
    const made = await crm.create('rep', 'reminders', {
      message: '给华兴回电',
      about: customer['id'],
      dueAt: inShanghai(hour),
    })
    await crm.stack().drain()
    await crm.stack().moveClock(hour + 60_000)
    await crm.stack().drain()
    await crm.stack().moveClock(0)
    const told = (await inbox('rep')).filter(({ kind }) => kind === 'reminder')
    expect(told).toMatchObject([{ title: '给华兴回电', link: `/v1/reminders/${made['id']}` }])
    expect(told[0]?.['body']).toContain('华兴贸易')
    expect(
      crm
        .stack()
        .outbox()
        .filter(({ subject }) => subject === '给华兴回电'),
    ).toMatchObject([{ to: ['rep@example.com'] }])
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: `/v1/reminders/${made['id']}` })
    expect(json).toMatchObject({ state: 'open', lastOccurrence: made['occurrence'] })
    expect(json.nextAt).toBeUndefined()
  })
})
