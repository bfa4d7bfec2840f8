import { randomUUID } from 'node:crypto'
import type { EngineSettings } from '../engine.ts'
import { nextRun } from './next-run.ts'
import { checkTarget, type ScheduleDefinition, scheduleShape, timingOf } from './schedule-input.ts'
import type { ScheduleStore, StoredSchedule } from './schedule-store.ts'

/** A schedule's place. */
export type ScheduleKey = { groupName: string; name: string }

/** What a template declares: groups, and schedules with their properties as they stand there. */
export type SchedulerTemplate = {
  groups: readonly string[]
  schedules: readonly (ScheduleKey & { properties: unknown })[]
}

/** The schedules of all groups. */
export type Schedules = ReturnType<typeof createSchedules>

/** Keeps schedules, and turns each time that has come into a run to deliver. */
export function createSchedules(store: ScheduleStore, settings: EngineSettings) {
  const arnOf = ({ groupName, name }: ScheduleKey) =>
    `arn:aws:scheduler:${settings.region}:${settings.accountId}:schedule/${groupName}/${name}`
  const save = (key: ScheduleKey, definition: ScheduleDefinition, clientToken: string | null): void => {
    const now = settings.now()
    const isOn = definition.State === 'ENABLED'
    store.put({
      ...key,
      definition,
      clientToken,
      createdAt: store.schedule(key.groupName, key.name)?.createdAt ?? now,
      modifiedAt: now,
      nextAt: isOn ? (nextRun(timingOf(definition, now), now - 1) ?? null) : null,
    })
  }
  return {
    arnOf,
    save,
    /** Brings groups and schedules to what a template says, as a deployment does: only what changed in the template. */
    applyTemplate: (template: SchedulerTemplate): void =>
      store.transaction(() => apply({ store, settings, save }, template)),
    /** Turns what is due into runs, and finds each schedule's next time. */
    fireDue: (): void =>
      store.transaction(() => {
        const now = settings.now()
        for (const schedule of store.due(now)) fire(store, now, schedule, arnOf(schedule))
      }),
    /** Turns every one-time schedule of the coming milliseconds into a run now; recurring ones keep to the clock. */
    fireOnceWithin: (ms: number): void =>
      store.transaction(() => {
        const now = settings.now()
        for (let isLast = false; !isLast; ) {
          const coming = store.due(now + ms).filter(isOneTime)
          for (const schedule of coming) fire(store, now, schedule, arnOf(schedule))
          isLast = coming.length === 0
        }
      }),
    /** After a stop: times of recurring schedules that went by are over; a one-time schedule is still due. */
    skipMissed: (): void =>
      store.transaction(() => {
        const now = settings.now()
        for (const schedule of store.due(now)) skip(store, now, schedule)
      }),
  }
}

function fire(store: ScheduleStore, now: number, schedule: StoredSchedule, scheduleArn: string): void {
  const { groupName, name, definition, modifiedAt, nextAt } = schedule
  const { Target, KmsKeyArn, ActionAfterCompletion } = definition
  const timing = timingOf(definition, modifiedAt)
  const scheduledAt = nextAt ?? now
  // A laptop that slept: for a recurring schedule its time is over, as after a stop.
  const isOver =
    timing.expression.kind !== 'at' && now - scheduledAt > Target.RetryPolicy.MaximumEventAgeInSeconds * 1000
  const run = { id: randomUUID(), scheduleArn, scheduledAt, target: Target, keyArn: KmsKeyArn ?? null }
  if (!isOver) store.addInvocation(run, now)
  const next = nextRun(timing, Math.max(now, scheduledAt))
  if (next === undefined && ActionAfterCompletion === 'DELETE') store.remove(groupName, name)
  else store.setNext(next ?? null, groupName, name)
}

function isOneTime({ definition, modifiedAt }: StoredSchedule): boolean {
  return timingOf(definition, modifiedAt).expression.kind === 'at'
}

function skip(store: ScheduleStore, now: number, { groupName, name, definition, modifiedAt }: StoredSchedule): void {
  const timing = timingOf(definition, modifiedAt)
  if (timing.expression.kind !== 'at') store.setNext(nextRun(timing, now - 1) ?? null, groupName, name)
}

type Applying = {
  store: ScheduleStore
  settings: EngineSettings
  save: (key: ScheduleKey, definition: ScheduleDefinition, clientToken: string | null) => void
}

/** A schedule whose properties are as they were last time stays as it is by now, even when it was changed or has ended. */
function apply({ store, settings, save }: Applying, { groups, schedules }: SchedulerTemplate): void {
  for (const group of groups) store.addGroup(group, settings.now())
  const earlier = store.templates()
  const isSame = (a: ScheduleKey, b: ScheduleKey) => a.groupName === b.groupName && a.name === b.name
  for (const gone of earlier.filter(known => !schedules.some(schedule => isSame(known, schedule)))) {
    store.remove(gone.groupName, gone.name)
    store.removeTemplate(gone.groupName, gone.name)
  }
  for (const { properties, ...key } of schedules) {
    const text = JSON.stringify(properties)
    if (earlier.some(known => isSame(known, key) && known.properties === text)) continue
    const definition = scheduleShape.parse(properties)
    checkTarget(definition)
    save(key, definition, null)
    store.setTemplate(key.groupName, key.name, text)
  }
}
