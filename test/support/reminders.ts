import type { Actor } from '#lib/permissions/actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { agendas } from '#lib/reminders/due-moment.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readAgenda } from '#lib/store/agenda.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { readRecord, toRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { objectNamed } from './table.ts'

/** Reminders as their own user makes and changes them. */
export function remindersOf(ctx: Context, system: Context = ctx) {
  const object = objectNamed('reminder')
  return {
    create: async (input: JsonObject) =>
      (await createRecord(ctx, { object, input: { message: 'x', ...input } })).record,
    patch: async (id: string, patch: JsonObject) => (await updateRecord(ctx, { object, id, patch })).record,
    read: async (id: string) => (await readRecord(system.store, id))?.fields ?? {},
  }
}

/** What a user was told, oldest first: title and key-free body. */
export async function toldTo(
  ctx: Context,
  { id }: Pick<Actor, 'id'>,
): Promise<{ title: string; kind: string; body: string; link: string }[]> {
  const found = []
  for await (const { item } of readRows(
    ctx.store,
    { index: 'byOwner', pk: ownerPartition(id, 'notification') },
    { batch: 100 },
  )) {
    const { title, kind, body, link } = toRecord(item).fields
    found.push({ title: String(title), kind: String(kind), body: String(body), link: String(link) })
  }
  return found
}

/** Every entry of the agendas, as `id@at`. */
export async function agendaEntries({ store }: Pick<Context, 'store'>): Promise<string[]> {
  const found: string[] = []
  for (const agenda of Object.values(agendas))
    for await (const page of readAgenda(store, agenda, '9999')) found.push(...page.map(({ id, at }) => `${id}@${at}`))
  return found
}
