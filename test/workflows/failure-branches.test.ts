import { describe, expect, it } from 'vitest'
import { backupDefinition } from '#functions/workflows/backup/definition.ts'
import { drillDefinition } from '#functions/workflows/drill/definition.ts'
import { innerMachines, type Machine, parseMachine, type State } from '#infra/local/engines/stepfunctions/machine.ts'

const backupSteps = { plan: 'p', inspect: 'i', verify: 'v', catalogue: 'c', copy: 'w', end: 'e', fail: 'f' }
const drillSteps = {
  plan: 'p',
  verify: 'v',
  increments: 'i',
  digest: 'd',
  compare: 'c',
  reads: 'r',
  end: 'e',
  fail: 'f',
}
const places = { tableArn: 'arn:table', bucket: 'vault', keyArn: 'arn:key' }
const definitions = {
  backup: backupDefinition(backupSteps, places),
  'restore-drill': drillDefinition(drillSteps, places),
}

const caught = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'TellFailure' }]
const passing = /^(Unavailable|DynamoDb\.InternalServerErrorException)$/

type Retry = { ErrorEquals: string[]; MaxAttempts: number; JitterStrategy?: string }

/** The states of a machine and of all within it, those of a Map apart: what fails there makes the Map fail. */
function statesOf({ States }: Machine, isInner = false): { name: string; state: State; isInner: boolean }[] {
  return Object.entries(States).flatMap(([name, state]) => [
    { name, state, isInner },
    ...innerMachines(state).flatMap(inner => statesOf(inner, true)),
  ])
}

describe.each(Object.entries(definitions))('a failure in the workflow %s', (_name, definition) => {
  const machine = parseMachine(JSON.stringify(definition))
  const states = statesOf(machine)
  const working = states.filter(({ state: { Type } }) => Type === 'Task' || Type === 'Map')

  it.each(working.filter(({ state }) => state.Type === 'Task'))('is retried in $name', ({ state }) => {
    const retries = state['Retry'] as Retry[]
    const passingBy = retries.find(({ ErrorEquals }) => ErrorEquals.some(error => passing.test(error)))
    expect(passingBy).toMatchObject({ JitterStrategy: 'FULL' })
    expect(passingBy?.MaxAttempts).toBeGreaterThanOrEqual(4)
  })

  it.each(working.filter(({ name, isInner }) => !isInner && name !== 'TellFailure'))(
    'is told when it ends $name',
    ({ state }) => {
      expect(state['Catch']).toEqual(caught)
    },
  )

  it('within a Map is caught by the Map alone', () => {
    expect(working.filter(({ state, isInner }) => isInner && state['Catch'] !== undefined)).toEqual([])
  })

  it('is told by one step, after which nothing but the end comes', () => {
    const { TellFailure, Failed } = machine.States
    expect(TellFailure).toMatchObject({ Type: 'Task', Resource: 'f', Next: 'Failed' })
    expect(Failed).toMatchObject({ Type: 'Fail' })
    const passes = states.filter(({ state }) => state.Type === 'Pass')
    expect(passes.map(({ state }) => [state['ResultPath'], state['Next']])).toEqual([['$.failure', 'TellFailure']])
  })
})
