import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { agendaShards, agendaSort, agendaValue } from '#lib/store/agenda-keys.ts'
import { type Key, matchPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { metered, type Store } from '#lib/store/table.ts'
import type { Step } from '#lib/store/transaction.ts'

/** A field by which records are due. */
export type Agenda = { object: string; field: string }

/** A record that is due at a moment, RFC 3339. */
export type AgendaEntry = { id: string; at: string }

/** 1,000 entries at a time. */
const slice = 1_000

/** What is due before a moment, page by page in each partition's order; what has been told is not among it. */
export async function* readAgenda(
  store: Store,
  { object, field }: Agenda,
  until: string,
): AsyncGenerator<AgendaEntry[]> {
  for (let shard = 0; shard < agendaShards; shard++) {
    const partition = { pk: matchPartition(object, field, `agenda${shard}`) }
    for (let after: string | undefined; ; ) {
      const { rows, isLast } = await readSlice(store, partition, { limit: slice, descending: false, after })
      const due = rows.map(({ sort }) => entryOf(sort)).filter(({ at }) => at < until)
      if (due.length > 0) yield due
      after = rows.at(-1)?.sort
      if (isLast || due.length < rows.length || after === undefined) break
    }
  }
}

/** The part of a transaction that takes an entry off an agenda. */
export function agendaStep(store: Store, agenda: Agenda, entry: AgendaEntry): Step {
  const Key = keyOf(agenda, entry)
  return { purpose: { kind: 'match', operation: 0 }, item: { Delete: { TableName: store.table.name, Key } } }
}

/** Takes an entry off an agenda: nothing is due at it. */
export async function dropAgendaEntry(store: Store, agenda: Agenda, entry: AgendaEntry): Promise<void> {
  const remove = new DeleteCommand({ TableName: store.table.name, Key: keyOf(agenda, entry) })
  await metered(store, 'write', () => store.table.client.send(remove))
}

function keyOf({ object, field }: Agenda, { id, at }: AgendaEntry): Key {
  return { pk: matchPartition(object, field, agendaValue(id)), sk: agendaSort(at, id) }
}

function entryOf(sort: string): AgendaEntry {
  const at = sort.slice(0, sort.indexOf('#'))
  return { at, id: sort.slice(at.length + 1) }
}
