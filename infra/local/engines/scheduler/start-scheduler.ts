import { setTimeout as sleep } from 'node:timers/promises'
import { type Engine, type EngineOptions, engineSettings } from '../engine.ts'
import { createInvocations, type Delivering } from './invocations.ts'
import { schedulerRoutes } from './operations.ts'
import { startRestServer } from './rest-server.ts'
import { startRounds } from './rounds.ts'
import { openScheduleStore } from './schedule-store.ts'
import { createSchedules, type SchedulerTemplate } from './schedules.ts'

/** A running EventBridge Scheduler; no schedule runs before `begin`. */
export type Scheduler = Engine & {
  /** Brings groups and schedules to what a template says; what was changed since stays while the template does not. */
  applyTemplate(template: SchedulerTemplate): void
  /** Lets schedules run, from now on: of what went by meanwhile only one-time schedules. */
  begin(): void
  /** Does what is due by the clock and resolves when that is delivered, or to be tried again. */
  runDue(): Promise<void>
  /** Lets every one-time schedule of the coming milliseconds run now, and resolves when that is delivered. */
  runAhead(ms: number): Promise<void>
  /** True when every run is delivered or given up. */
  isIdle(): boolean
  /** Lets nothing more run; what is on its way ends soon, or is tried again after the next `begin`. */
  pause(): Promise<void>
}

type Options = EngineOptions &
  Pick<Delivering, 'start' | 'sendDeadLetter'> &
  Partial<Pick<Delivering, 'log' | 'retryDelayMs'>> & {
    /** Whether EventBridge Scheduler may assume a role; any when left out. */
    canAssume?: (roleArn: string) => boolean
  }

/** How long what is on its way may take to end. */
const graceMs = 2_000

const retryDelayMs = (attempt: number) => Math.min(15_000, 250 * 2 ** (attempt - 1))

/** Starts an EventBridge Scheduler that keeps its schedules in `dir`. */
export async function startScheduler(options: Options): Promise<Scheduler> {
  const settings = engineSettings(options)
  const store = openScheduleStore(settings.dir)
  const schedules = createSchedules(store, settings)
  let rounds: ReturnType<typeof startRounds> | undefined
  const invocations = createInvocations(
    { log: () => {}, retryDelayMs, ...options, store, settings },
    () => rounds === undefined,
  )
  const look = () => rounds?.look()
  const run = () => {
    schedules.fireDue()
    invocations.startDue()
    void invocations.settled().then(look)
  }
  const pause = async () => {
    rounds?.stop()
    rounds = undefined
    await Promise.race([invocations.settled(), sleep(graceMs, undefined, { ref: false })])
  }
  const { canAssume = () => true } = options
  const server = await startRestServer(
    schedulerRoutes({ store, schedules, settings, canAssume, changed: look }),
    settings,
  )
  return {
    url: server.url,
    applyTemplate: schedules.applyTemplate,
    begin: () => {
      schedules.skipMissed()
      store.releaseHeld(settings.now())
      rounds = startRounds({ run, nextAt: store.nextAt, now: settings.now })
    },
    runDue: async () => {
      rounds?.round()
      await invocations.settled()
    },
    runAhead: ms => {
      schedules.fireOnceWithin(ms)
      return startAll(invocations)
    },
    isIdle: invocations.isIdle,
    pause,
    stop: async () => {
      await server.stop()
      await pause()
      store.close()
    },
  }
}

async function startAll({ startDue, settled }: ReturnType<typeof createInvocations>): Promise<void> {
  startDue()
  await settled()
}
