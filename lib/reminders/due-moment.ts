import { textOf } from '#lib/records/owner-of.ts'
import type { Agenda } from '#lib/store/agenda.ts'
import type { StoredRecord } from '#lib/store/items.ts'

/** By what records are due, by object. */
export const agendas: Readonly<Record<string, Agenda>> = {
  reminder: { object: 'reminder', field: 'nextAt' },
  activity: { object: 'activity', field: 'remindAt' },
}

/** 24 hours: what was due that long before it was entered is history, such as an imported task of last year. */
const historyMs = 86_400_000

/** The moment at which a record is to be told as it stands now, RFC 3339; undefined when it is not. */
export function dueMoment({ object, fields, deletedAt, createdAt }: StoredRecord): string | undefined {
  const agenda = agendas[object]
  const at = agenda && textOf(fields[agenda.field])
  if (at === undefined || deletedAt !== undefined) return undefined
  if (object !== 'activity') return at
  const isHistory = Date.parse(at) < Date.parse(createdAt) - historyMs
  return fields['status'] === 'planned' && !isHistory ? at : undefined
}

/** Id of the user who is told. */
export function toldUser({ fields }: StoredRecord): string | undefined {
  return textOf(fields['assigneeId'])
}
