import { describe, expect } from 'vitest'
import { lambda } from '../support/machines.ts'
import { itRuns, task } from '../support/rows.ts'

describe('states run as on AWS:', () => {
  itRuns([
    {
      name: 'a Task by ARN hands on what its function answers',
      states: { A: task('echo') },
      input: { a: 1 },
      output: { a: 1 },
    },
    { name: 'a function that answers nothing hands on null', states: { A: task('nothing') }, output: null },
    {
      name: 'lambda:invoke wraps the answer in Payload',
      states: {
        A: {
          ...task('echo'),
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: lambda('echo'), Payload: { 'got.$': '$.a' } },
          ResultSelector: { 'got.$': '$.Payload.got', 'status.$': '$.StatusCode' },
        },
      },
      input: { a: 'x' },
      output: { got: 'x', status: 200 },
    },
    {
      name: 'Parameters, ResultSelector, ResultPath and OutputPath work together',
      states: {
        A: task('echo', {
          Parameters: { 'b.$': '$.a', 'n.$': "States.Format('{}!', $.a)" },
          ResultSelector: { 'c.$': '$.n' },
          ResultPath: '$.out',
          OutputPath: '$.out.c',
        }),
      },
      input: { a: 'x' },
      output: 'x!',
    },
    {
      name: 'ResultPath null keeps the input',
      states: { A: task('echo', { Parameters: { z: 1 }, ResultPath: null }) },
      input: { a: 1 },
      output: { a: 1 },
    },
    {
      name: 'ResultPath $ replaces the input',
      states: { A: task('echo', { Parameters: { z: 1 }, ResultPath: '$' }) },
      input: { a: 1 },
      output: { z: 1 },
    },
    {
      name: 'Pass gives a Result that is false',
      states: { A: { Type: 'Pass', Result: false, End: true } },
      input: { a: 1 },
      output: false,
    },
    {
      name: 'the context object names execution and machine',
      states: {
        A: {
          Type: 'Pass',
          Parameters: { 'e.$': '$$.Execution.Name', 'm.$': '$$.StateMachine.Name', 'i.$': '$$.Execution.Input.a' },
          End: true,
        },
      },
      input: { a: 1 },
      output: { e: expect.stringMatching(/^run-/), m: expect.stringMatching(/^m\d/), i: 1 },
    },
    {
      name: 'Choice goes by numbers, strings, presence and null',
      states: {
        A: {
          Type: 'Choice',
          Choices: [
            {
              And: [
                { Variable: '$.n', NumericGreaterThan: 1 },
                { Variable: '$.s', StringMatches: 'imp_*' },
                { Not: { Variable: '$.gone', IsPresent: true } },
              ],
              Next: 'B',
            },
          ],
          Default: 'C',
        },
        B: { Type: 'Pass', Result: 'chosen', End: true },
        C: { Type: 'Pass', Result: 'default', End: true },
      },
      input: { n: 2, s: 'imp_1' },
      output: 'chosen',
    },
    {
      name: 'Choice without a match and without Default fails',
      states: {
        A: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'B' }] },
        B: { Type: 'Succeed' },
      },
      input: { a: 2 },
      error: 'States.NoChoiceMatched',
    },
    {
      name: 'Wait waits and hands on its input',
      states: { A: { Type: 'Wait', SecondsPath: '$.s', End: true } },
      input: { s: 0 },
      output: { s: 0 },
    },
    {
      name: 'Fail ends with its error',
      states: { A: { Type: 'Fail', Error: 'Mine', Cause: 'because' } },
      error: 'Mine',
    },
  ])
})
