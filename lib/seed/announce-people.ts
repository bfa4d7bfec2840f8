import { unavailable } from '#lib/errors.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { type Bus, type BusEvent, publish } from '#lib/runtime/bus.ts'
import type { Context } from '#lib/runtime/context.ts'
import { type RecordChanged, recordEventSource } from '#schemas/events/record-changed.ts'

/** What other services are made to match: sign-ins follow users, schedules follow settings. */
const followed = ['user', 'setting']

/**
 * Tells the bus of every user and setting as it is. A tenant that was made of a backup has them already, and no change of
 * theirs will come that those who follow them could learn it from.
 * @returns how many were told.
 */
export async function announcePeople(ctx: Context, bus: Bus): Promise<number> {
  const events: BusEvent[] = []
  for (const name of followed) {
    const object = ctx.objects.byName.get(name)
    if (!object) continue
    let cursor: string | undefined
    do {
      const query = { limit: 200, cursor, fields: [object.titleField] }
      const { items, nextCursor } = await findRecords(ctx, { object, query })
      events.push(...items.map(({ id, version }) => toEvent(ctx, name, { id: String(id), version: Number(version) })))
      cursor = nextCursor
    } while (cursor !== undefined)
  }
  const refused = await publish(bus, events)
  if (refused.length > 0) throw unavailable(`The bus did not take ${refused.length} events. Retrying is safe.`)
  return events.length
}

function toEvent(ctx: Context, object: string, { id, version }: { id: string; version: number }): BusEvent {
  const { tenant, requestId, source, actor, clock } = ctx
  const time = clock.now()
  const about = { id: `${id}#${version}`, tenant: tenant.name, object, recordId: id, version, changedFields: [] }
  const detail: RecordChanged = { ...about, at: time.toISOString(), actorId: actor.id, requestId, source }
  return { source: recordEventSource, detailType: 'RecordUpdated', detail, time }
}
