import { shardOf } from '#lib/store/keys.ts'

/** 8 partitions of 1,000 writes a second each: as many reminders as a tenant may have due at nine o'clock. */
export const agendaShards = 8

/** The look-up value under which a record's entry of an agenda stands. */
export function agendaValue(id: string): string {
  return `agenda${shardOf(id, agendaShards)}`
}

/** Entries of a partition are ordered by time; `at` is UTC with milliseconds. */
export function agendaSort(at: string, id: string): string {
  return `${at}#${id}`
}
