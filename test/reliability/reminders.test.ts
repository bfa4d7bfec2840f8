import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notify } from '#lib/notifications/notify.ts'
import { fireDue } from '#lib/reminders/fire-due.ts'
import { sweepDue } from '#lib/reminders/sweep-due.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { dueOf, type ReminderDue } from '#schemas/events/reminder-due.ts'
import { killedAt } from '../support/frail-store.ts'
import { remindersOf, toldTo } from '../support/reminders.ts'
import { actorWithRole, contextOf, handClock, startTables, systemContext, type Tables } from '../support/table.ts'

// npm run reminder-check in small and without a stack: many due in one minute, events lost, repeated and out of order,
// consumers killed before and after what they write. `test/reliability/reminder-proof.ts` does it on a whole stack.

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const count = 120
type Tell = (ctx: Context, due: ReminderDue) => Promise<unknown>

/** Has reminders fall due in one minute, told by `tell`; answers how many were told never and twice. */
async function run({ tell = fireDue, sweeps = true }: { tell?: Tell; sweeps?: boolean }) {
  const clock = handClock('2026-03-02T00:00:00.000Z')
  const permissions = [{ object: 'reminder', create: 'own', read: 'own', update: 'own', delete: 'own' }]
  const actor = await actorWithRole(tables, { permissions })
  const system = systemContext(tables, { clock })
  const { create } = remindersOf(contextOf(tables, actor, { clock }))
  const dues: ReminderDue[] = []
  await inParallel(
    Array.from({ length: count }, (_, i) => i),
    8,
    async i => {
      const second = String(i % 60).padStart(2, '0')
      const { id, nextAt } = await create({ message: `m${i}`, dueAt: `2026-03-02T09:00:${second}` })
      dues.push(dueOf(String(id), String(nextAt)))
    },
  )
  clock.advance(3_660_000)
  const delivered = dues.filter((_, i) => i % 10 !== 0)
  // A consumer that dies leaves its message in the queue, and so it comes again.
  await inParallel(delivered, 8, async due => {
    const isFatal = delivered.indexOf(due) % 5
    if (isFatal < 2) await tell(killedAt(system, 1, isFatal === 0 ? 'before' : 'after'), due).catch(() => undefined)
    await tell(system, due)
  })
  await inParallel(delivered.toReversed().slice(0, 40), 8, async due => void (await tell(system, due)))
  clock.advance(240_000)
  if (sweeps) await sweepUp(system, tell)
  const titles = (await toldTo(system, actor)).map(({ title }) => title)
  const distinct = new Set(titles)
  return { lost: count - distinct.size, twice: titles.length - distinct.size }
}

async function sweepUp(system: Context, tell: Tell): Promise<void> {
  const events = mockClient(EventBridgeClient)
  events.on(PutEventsCommand).resolves({ Entries: [] })
  await sweepDue(system, { name: 'bus', client: new EventBridgeClient({}) })
  const entries = events.commandCalls(PutEventsCommand).flatMap(call => call.args[0].input.Entries ?? [])
  for (const { Detail = '' } of entries) await tell(system, JSON.parse(Detail))
  events.restore()
}

describe('many reminders due in one minute', () => {
  it('are told once each', async () => {
    expect(await run({})).toEqual({ lost: 0, twice: 0 })
  })

  it('planted: without the sweep those whose event was lost are never told, and the check sees it', async () => {
    expect(await run({ sweeps: false })).toEqual({ lost: count / 10, twice: 0 })
  })

  it('planted: a consumer that writes without a condition tells twice, and the check sees it', async () => {
    const unconditional: Tell = async (ctx, { recordId }) => {
      const { fields } =
        (await remindersOf(ctx)
          .read(recordId)
          .then(read => ({ fields: read }))) ?? {}
      const userId = String(fields['assigneeId'])
      const title = String(fields['message'])
      await notify(ctx, { userId, kind: 'reminder', title, body: '', key: ctx.ids.next('x') })
    }
    const { lost, twice } = await run({ tell: unconditional })
    expect(lost).toBe(0)
    expect(twice).toBeGreaterThan(40)
  })
})
