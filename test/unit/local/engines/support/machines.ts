import * as sdk from '@aws-sdk/client-sfn'
import { type StepFunctions, startStepFunctions } from '#infra/local/engines/stepfunctions/start-stepfunctions.ts'
import type { Outcome } from '#infra/local/lambda/worker.ts'
import { clientOptions } from './client-options.ts'

type Options = Parameters<typeof startStepFunctions>[0]
export type Fake = (payload: never, call: number) => unknown
export type States = Record<string, Record<string, unknown>>

export const machineArn = (name: string) => `arn:aws:states:eu-central-1:000000000000:stateMachine:${name}`
export const executionArn = (machine: string, name: string) =>
  `arn:aws:states:eu-central-1:000000000000:execution:${machine}:${name}`
export const lambda = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`

/** An error as a Lambda function ends with. */
export class Failure extends Error {
  constructor(name: string, message = `${name} it is`) {
    super(message)
    this.name = name
  }
}

/** An engine whose functions are the given ones, by name; `calls` counts them. */
export async function startEngine(options: Omit<Options, 'invoke'>, functions: Record<string, Fake>) {
  const calls: { name: string; payload: unknown }[] = []
  const invoke = async (arn: string, payload: unknown): Promise<Outcome> => {
    const name = arn.split(':').at(-1) ?? ''
    calls.push({ name, payload })
    try {
      const run = functions[name] as Fake
      return { ok: true, result: await run(payload as never, calls.filter(call => call.name === name).length) }
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error
      return { ok: false, errorType, errorMessage }
    }
  }
  const engine = await startStepFunctions({ region: 'eu-central-1', ...options, invoke })
  return { engine, calls, client: new sdk.SFNClient(clientOptions(engine.url)) }
}

/** Makes a machine of some states known to an engine; the first is where it starts. */
export function addMachine(
  engine: StepFunctions,
  name: string,
  states: States,
  more: Record<string, unknown> = {},
): void {
  const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more })
  const roleArn = 'arn:aws:iam::000000000000:role/machine'
  engine.addStateMachine({
    arn: machineArn(name),
    name,
    roleArn,
    principal: 'MachineRole',
    keyArn: undefined,
    definition,
  })
}

/** Resolves once an execution has ended. */
export async function ended(client: sdk.SFNClient, arn: string): Promise<sdk.DescribeExecutionCommandOutput> {
  for (;;) {
    const execution = await client.send(new sdk.DescribeExecutionCommand({ executionArn: arn }))
    if (execution.status !== 'RUNNING') return execution
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
