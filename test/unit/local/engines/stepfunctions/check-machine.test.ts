import { describe, expect, it } from 'vitest'
import { checkMachine } from '#infra/local/engines/stepfunctions/check-machine.ts'
import { parseMachine } from '#infra/local/engines/stepfunctions/machine.ts'
import { canRun } from '#infra/local/engines/stepfunctions/tasks.ts'
import type { States } from '../support/machines.ts'
import { Caught, caught, map, task } from '../support/rows.ts'

describe('a definition that would run otherwise than on AWS is refused:', () => {
  it.each<[string, States, string]>([
    ['JSONata', { A: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } }, 'A: QueryLanguage'],
    ['variables', { A: { Type: 'Pass', Assign: { v: 1 }, End: true } }, 'A: Assign'],
    ['heartbeats', { A: task('echo', { HeartbeatSeconds: 1 }) }, 'A: HeartbeatSeconds'],
    ['items read from S3', { A: map('echo', { ItemReader: {} }) }, 'A: ItemReader'],
    ['batches of items', { A: map('echo', { ItemBatcher: { MaxItemsPerBatch: 2 } }) }, 'A: ItemBatcher'],
    ['results written to S3', { A: map('echo', { ResultWriter: {} }) }, 'A: ResultWriter'],
    ['tolerated failures', { A: map('echo', { ToleratedFailurePercentage: 5 }) }, 'A: ToleratedFailurePercentage'],
    [
      'task tokens',
      { A: { ...task('echo'), Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' } },
      'has no local handler',
    ],
    [
      'a service that has no handler',
      { A: { ...task('echo'), Resource: 'arn:aws:states:::aws-sdk:dynamodb:createBackup' } },
      'aws-sdk:dynamodb:createBackup has no local handler',
    ],
    ['retry counts', { A: { Type: 'Pass', Parameters: { 'n.$': '$$.State.RetryCount' }, End: true } }, 'A: $$.State'],
    [
      "the execution's input inside a Map",
      { A: map('echo', { ItemSelector: { 'i.$': '$$.Execution.Input' } }) },
      'A: $$.Execution.Input',
    ],
    ['States.TaskFailed on a Map', { A: map('echo', caught(['States.TaskFailed'])), Caught }, 'A: States.TaskFailed'],
    ['one name for two states', { A: map('echo'), One: { Type: 'Succeed' } }, 'One: the name is used twice'],
    ['a start that is no state', {}, 'StartAt'],
  ])('%s', (_, states, problem) => {
    const machine = parseMachine(JSON.stringify({ StartAt: Object.keys(states)[0] ?? 'Gone', States: states }))
    expect(checkMachine(machine, canRun).join('\n')).toContain(problem)
  })
})
