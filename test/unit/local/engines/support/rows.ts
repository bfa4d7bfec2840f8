import * as sdk from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newFolder } from './client-options.ts'
import { addMachine, ended, Failure, type Fake, lambda, machineArn, type States, startEngine } from './machines.ts'

/** One behaviour that Amazon States Language or AWS's documentation promises: what a definition makes of an input. */
export type Row = {
  name: string
  states: States
  input?: unknown
  output?: unknown
  /** Name of the error that it ends with. */
  error?: string
  /** How often functions are called. */
  calls?: number
  /** Further fields of the machine. */
  more?: object
}

const big = 'x'.repeat(262_144)

/** Made anew for each row. */
let secondRuns = Promise.withResolvers<null>()

const functions: Record<string, Fake> = {
  echo: (payload: unknown) => payload,
  fail: ({ error = 'Boom' }: { error?: string }) => {
    throw new Failure(error)
  },
  failTwice: ({ error = 'Unavailable' }: { error?: string }, call) => {
    if (call % 3 !== 0) throw new Failure(error)
    return { calls: call }
  },
  failItem: ({ item }: { item: number }) => {
    if (item === 2) throw new Failure('BadItem', 'two is bad')
    return item * 10
  },
  failOnceTheSecondRuns: async (item: number) => {
    if (item === 1) {
      await secondRuns.promise
      throw new Failure('BadItem')
    }
    secondRuns.resolve(null)
    await new Promise(resolve => setTimeout(resolve, 20))
    return item
  },
  hang: () => new Promise(() => {}),
  big: () => big,
  wide: () => big.slice(0, 150_000),
  nothing: () => undefined,
}

/** A Task that runs one of the functions above. */
export const task = (name: string, more: Record<string, unknown> = {}) => ({
  Type: 'Task',
  Resource: lambda(name),
  End: true,
  ...more,
})

/** What takes a state's errors to `Caught`. */
export const caught = (errors: string[]) => ({
  Catch: [{ ErrorEquals: errors, ResultPath: '$.error', Next: 'Caught' }],
})
export const Caught = { Type: 'Pass', End: true }

/** Of a Retry: at most a second. */
export const noWait = { IntervalSeconds: 1, MaxDelaySeconds: 1, BackoffRate: 1, JitterStrategy: 'FULL' }

/** A Map over `$.items` that runs one of the functions above for each. */
export const map = (name: string, more: Record<string, unknown> = {}, mode = 'DISTRIBUTED') => ({
  Type: 'Map',
  ItemsPath: '$.items',
  ItemProcessor: {
    ProcessorConfig: mode === 'INLINE' ? { Mode: mode } : { Mode: mode, ExecutionType: 'STANDARD' },
    StartAt: 'One',
    States: { One: task(name) },
  },
  End: true,
  ...more,
})

/** Tests that each row comes out as it says, all on one engine. */
export function itRuns(rows: readonly Row[]): void {
  let started: Awaited<ReturnType<typeof startEngine>>
  beforeAll(async () => {
    started = await startEngine({ dir: newFolder() }, functions)
  })
  afterAll(() => started.engine.stop())

  it.each(rows.map((row, index) => ({ ...row, machine: `m${index}` })))('$name', async ({ machine, ...row }) => {
    const { engine, client, calls } = started
    calls.length = 0
    secondRuns = Promise.withResolvers()
    addMachine(engine, machine, row.states, { ...row.more })
    const input = JSON.stringify(row.input ?? {})
    const { executionArn = '' } = await client.send(
      new sdk.StartExecutionCommand({ stateMachineArn: machineArn(machine), name: `run-${machine}`, input }),
    )
    const { status, output, error } = await ended(client, executionArn)
    const failed = row.more ? 'TIMED_OUT' : 'FAILED'
    expect({ status, error, output: output && JSON.parse(output) }).toEqual({
      status: row.error === undefined ? 'SUCCEEDED' : failed,
      error: row.error,
      output: row.error === undefined ? row.output : undefined,
    })
    expect(calls.length).toBe(row.calls ?? calls.length)
  })
}
