import { notificationId } from '#lib/notifications/notify.ts'
import { agendas, dueMoment, toldUser } from '#lib/reminders/due-moment.ts'
import { announce } from '#lib/reminders/match-schedule.ts'
import type { Bus } from '#lib/runtime/bus.ts'
import type { Context } from '#lib/runtime/context.ts'
import { type Agenda, type AgendaEntry, dropAgendaEntry, readAgenda } from '#lib/store/agenda.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'

/** What a sweep found: entries that were due, those it announced, and those that were to be told no more. */
export type Swept = { due: number; announced: number; dropped: number }

/** 2 minutes: a schedule may run up to a minute after its time. */
const graceMs = 120_000
/** 100 records are read at once. */
const atOnce = 100

/**
 * Finds what was due and was not told, because its schedule was never made, was lost, or nobody took its event, and
 * announces it again. It reads what is due and nothing else; who takes the event tells each time once.
 */
export async function sweepDue(ctx: Context, bus: Bus): Promise<Swept> {
  const swept: Swept = { due: 0, announced: 0, dropped: 0 }
  const until = new Date(ctx.clock.now().getTime() - graceMs).toISOString()
  for (const agenda of Object.values(agendas))
    for await (const page of readAgenda(ctx.store, agenda, until))
      for (let from = 0; from < page.length; from += atOnce)
        await sweepEntries(ctx, { bus, agenda, swept }, page.slice(from, from + atOnce))
  return swept
}

type Sweep = { bus: Bus; agenda: Agenda; swept: Swept }

async function sweepEntries(ctx: Context, { bus, agenda, swept }: Sweep, entries: readonly AgendaEntry[]) {
  const records = await readRecords(
    ctx.store,
    entries.map(({ id }) => id),
  )
  const told = await toldAlready(ctx, entries, records)
  const isWanted = (entry: AgendaEntry) => {
    const record = records.get(entry.id)
    return record !== undefined && dueMoment(record) === entry.at && !told.has(entry.id)
  }
  const wanted = entries.filter(isWanted)
  await announce(
    bus,
    wanted.map(({ id, at }) => ({ recordId: id, at })),
    ctx.clock.now(),
  )
  const over = entries.filter(entry => !wanted.includes(entry))
  for (const entry of over) await dropAgendaEntry(ctx.store, agenda, entry)
  swept.due += entries.length
  swept.announced += wanted.length
  swept.dropped += over.length
}

/** Activities keep their time when they were told; their entries come back with the recycle bin. */
async function toldAlready(
  { store }: Context,
  entries: readonly AgendaEntry[],
  records: ReadonlyMap<string, StoredRecord>,
): Promise<Set<string>> {
  const ids = entries.flatMap(({ id, at }): [string, string][] => {
    const record = records.get(id)
    const userId = record?.object === 'activity' ? toldUser(record) : undefined
    return userId === undefined ? [] : [[notificationId({ userId, key: `reminder/${id}@${at}` }), id]]
  })
  const found = await readRecords(
    store,
    ids.map(([notification]) => notification),
  )
  return new Set(ids.filter(([notification]) => found.has(notification)).map(([, id]) => id))
}
