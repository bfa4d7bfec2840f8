import { invalidAt } from '#lib/errors.ts'
import { nextOccurrence, type Series } from '#lib/occurrences/series.ts'
import { zoneOfUser } from '#lib/occurrences/zone-of-user.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { JsonObject } from '#schemas/json.ts'

type Derivation = { before: JsonObject | undefined; fields: JsonObject }

/** 24 hours: what was due longer ago is over, unless it already waits to be told. */
const overMs = 86_400_000
const ended = new Set(['done', 'dismissed'])

/**
 * Works out when a reminder is told next: the end of its snooze, or its next time that has not been told. A reminder that
 * was moved begins anew; one whose zone changed keeps its place in the series.
 * @throws CrmError `validation_failed` when it is snoozed without an end.
 */
export async function deriveNext(ctx: Context, derivation: Derivation): Promise<JsonObject> {
  const { before = {} } = derivation
  const fields = withState(before, derivation.fields)
  const { nextAt: _at, occurrence: _local, note: _note, ...rest } = fields
  if (ended.has(String(fields['state']))) return rest
  const zone = textOf(fields['timeZone']) ?? (await zoneOfUser(ctx, textOf(fields['assigneeId'])))
  const known: JsonObject = { ...rest, zone }
  if (fields['snoozedUntil'] !== undefined) return { ...known, nextAt: fields['snoozedUntil'] }
  const isMoved = before['dueAt'] !== fields['dueAt'] || before['repeat'] !== fields['repeat']
  if (!isMoved) return withNext(ctx, { before, fields: known })
  const { lastOccurrence: _told, ...anew } = known
  return withNext(ctx, { before: {}, fields: anew })
}

/** A snooze has an end and a state, or neither. */
function withState(before: JsonObject, fields: JsonObject): JsonObject {
  const { snoozedUntil, ...awake } = fields
  const isNew = snoozedUntil !== undefined && snoozedUntil !== before['snoozedUntil']
  if (ended.has(String(fields['state']))) return awake
  if (isNew) return { ...fields, state: 'snoozed' }
  if (fields['state'] !== 'snoozed') return awake
  if (snoozedUntil !== undefined) return fields
  if (before['snoozedUntil'] !== undefined) return { ...awake, state: 'open' }
  const detail = 'snoozedUntil is required to snooze a reminder; say until when, such as 2026-03-31T09:00:00+08:00.'
  throw invalidAt('/snoozedUntil', 'required', detail)
}

function withNext(ctx: Context, { before, fields }: { before: JsonObject; fields: JsonObject }): JsonObject {
  const series: Series = {
    dueAt: String(fields['dueAt']),
    timeZone: String(fields['zone']),
    repeat: textOf(fields['repeat']),
  }
  const now = ctx.clock.now().getTime()
  const waiting = Date.parse(textOf(before['nextAt']) ?? '')
  const after = textOf(fields['lastOccurrence'])
  // A series that begins, or goes on after it was ended, does not tell what has gone by; one that was late does.
  const isResumed = before['state'] === undefined || ended.has(String(before['state']))
  const oldest = series.repeat !== undefined && isResumed ? now : now - overMs
  const { next, skipped } = nextOccurrence(series, {
    after,
    notBefore: Number.isNaN(waiting) ? oldest : Math.min(oldest, waiting),
  })
  const note = noteOf(series, { skipped, isOver: next === undefined && after === undefined, isGap: skipped.length > 0 })
  return {
    ...fields,
    ...(next && { nextAt: new Date(next.at).toISOString(), occurrence: next.local }),
    ...(note !== undefined && { note }),
  }
}

function noteOf(
  { dueAt, timeZone, repeat }: Series,
  { skipped, isOver, isGap }: { skipped: string[]; isOver: boolean; isGap: boolean },
): string | undefined {
  if (isGap) {
    const [time] = skipped
    const what = `${time} does not exist in ${timeZone}, where clocks go forward`
    return repeat === undefined ? `${what}: it is not told. Choose another time.` : `${what}: that time is skipped.`
  }
  if (!isOver) return undefined
  return repeat === undefined
    ? `${dueAt} in ${timeZone} was over more than a day ago: it is not told. Choose another time.`
    : 'The rule gives no time that is still to come: it is not told. Change repeat or dueAt.'
}
