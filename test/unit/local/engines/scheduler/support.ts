import * as sdk from '@aws-sdk/client-scheduler'
import { afterEach } from 'vitest'
import type { ScheduleTarget } from '#infra/local/engines/scheduler/schedule-input.ts'
import { type Scheduler, startScheduler } from '#infra/local/engines/scheduler/start-scheduler.ts'
import { clientOptions, newFolder } from '../support/client-options.ts'

type Options = Partial<Parameters<typeof startScheduler>[0]>

export const lambda = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`
export const queue = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`
export const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`
export const scheduleArn = (name: string, group = 'default') =>
  `arn:aws:scheduler:eu-central-1:000000000000:schedule/${group}/${name}`

const running: Scheduler[] = []
afterEach(async () => {
  for (const engine of running.splice(0)) await engine.stop()
})

/** An engine on a clock that only a test moves, and what it has started. */
export async function startEngine(options: Options = {}, at = '2026-03-01T00:00:00Z') {
  const clock = { now: Date.parse(at) }
  const started: { arn: string; payload: unknown }[] = []
  const deadLetters: { arn: string; body: string; attributes: Record<string, string> }[] = []
  const failing = new Map<string, Error>()
  const dir = options.dir ?? newFolder()
  const start = async ({ Arn }: ScheduleTarget, payload: string) => {
    const failure = failing.get(Arn)
    if (failure) throw failure
    started.push({ arn: Arn, payload: JSON.parse(payload) })
  }
  const sendDeadLetter = (arn: string, body: string, attributes: Record<string, string>) =>
    void deadLetters.push({ arn, body, attributes })
  const retryDelayMs = (attempt: number) => attempt * 60_000
  const parts = { dir, region: 'eu-central-1', now: () => clock.now, start, sendDeadLetter, retryDelayMs, ...options }
  const engine = await startScheduler(parts)
  running.push(engine)
  return {
    ...{ engine, clock, dir, started, deadLetters, failing },
    /** A client whose calls are signed by the engine's clock as it is now. */
    client: (principal = 'local') => {
      const systemClockOffset = clock.now - Date.now()
      return new sdk.SchedulerClient({ ...clientOptions(engine.url, principal), systemClockOffset })
    },
    /** Moves the clock to a time and lets happen what is due then. */
    passTo: async (time: string) => {
      clock.now = Date.parse(time)
      await engine.runDue()
    },
    payloads: () => started.map(({ payload }) => payload),
  }
}

/** What every schedule needs, with changes. */
export function definition(more: Partial<sdk.CreateScheduleCommandInput> = {}): sdk.CreateScheduleCommandInput {
  return {
    Name: 'reminder',
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: target(),
    ...more,
  }
}

/** A target with changes: the function `remind`. */
export function target(more: Partial<sdk.Target> = {}): sdk.Target {
  return { Arn: lambda('remind'), RoleArn: role('starter'), Input: '{"at":"<aws.scheduler.scheduled-time>"}', ...more }
}
