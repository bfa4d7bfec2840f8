import { describe, expect } from 'vitest'
import { Caught, caught, itRuns, noWait, task } from '../support/rows.ts'

describe('errors, retries and limits are as on AWS:', () => {
  itRuns([
    { name: 'a failing function fails the execution by its error name', states: { A: task('fail') }, error: 'Boom' },
    {
      name: 'Catch by name hands on Error and Cause as Lambda writes it',
      states: { A: task('fail', caught(['Boom'])), Caught },
      output: { error: { Error: 'Boom', Cause: '{"errorType":"Boom","errorMessage":"Boom it is"}' } },
    },
    {
      name: 'Catch of another name does not match',
      states: { A: task('fail', caught(['Other'])), Caught },
      error: 'Boom',
    },
    {
      name: 'Catch States.ALL matches any name',
      states: { A: task('fail', caught(['States.ALL'])), Caught },
      output: { error: expect.anything() },
    },
    {
      name: 'Catch States.TaskFailed matches a failing function',
      states: { A: task('fail', caught(['States.TaskFailed'])), Caught },
      output: { error: expect.anything() },
    },
    {
      name: 'Retry runs until it works, three calls in all',
      states: { A: task('failTwice', { Retry: [{ ErrorEquals: ['Unavailable'], MaxAttempts: 2, ...noWait }] }) },
      output: { calls: expect.any(Number) },
      calls: 3,
    },
    {
      name: 'Retry gives up after MaxAttempts and Catch takes over',
      states: {
        A: task('fail', {
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, ...noWait }],
          ...caught(['States.ALL']),
        }),
        Caught,
      },
      output: { error: expect.anything() },
      calls: 2,
    },
    {
      name: 'Retry of another name does not retry',
      states: { A: task('fail', { Retry: [{ ErrorEquals: ['Other'], ...noWait }] }) },
      error: 'Boom',
      calls: 1,
    },
    {
      name: 'a throttled function is Lambda.TooManyRequestsException',
      states: {
        A: task('fail', {
          Parameters: { error: 'TooManyRequestsException' },
          ...caught(['Lambda.TooManyRequestsException']),
        }),
        Caught,
      },
      output: { error: expect.objectContaining({ Error: 'Lambda.TooManyRequestsException' }) },
    },
    {
      name: 'a function out of time is Sandbox.Timedout',
      states: {
        A: task('fail', { Parameters: { error: 'Sandbox.Timedout' }, ...caught(['Sandbox.Timedout']) }),
        Caught,
      },
      output: { error: expect.objectContaining({ Error: 'Sandbox.Timedout' }) },
    },
    {
      name: 'TimeoutSeconds ends a Task with States.Timeout',
      states: { A: task('hang', { TimeoutSeconds: 1, ...caught(['States.Timeout']) }), Caught },
      output: { error: expect.anything() },
    },
    {
      name: 'States.TaskFailed does not match States.Timeout',
      states: { A: task('hang', { TimeoutSeconds: 1, ...caught(['States.TaskFailed']) }), Caught },
      error: 'States.Timeout',
    },
    {
      name: 'a missing path is States.Runtime, which nothing catches',
      states: { A: task('echo', { Parameters: { 'a.$': '$.none' }, ...caught(['States.ALL']) }), Caught },
      error: 'States.Runtime',
    },
    {
      name: 'an output over 256 KB is States.DataLimitExceeded, which States.ALL neither retries nor catches',
      states: {
        A: task('big', { Retry: [{ ErrorEquals: ['States.ALL'], ...noWait }], ...caught(['States.ALL']) }),
        Caught,
      },
      error: 'States.DataLimitExceeded',
      calls: 1,
    },
    {
      name: 'a state that hands on over 256 KB ends with States.DataLimitExceeded',
      states: { A: { Type: 'Pass', Parameters: { 'a.$': '$.a', 'b.$': '$.a' }, Next: 'B' }, B: task('echo') },
      input: { a: 'x'.repeat(200_000) },
      error: 'States.DataLimitExceeded',
      calls: 0,
    },
    {
      name: 'TimeoutSeconds of the machine ends it as timed out',
      states: { A: task('hang') },
      more: { TimeoutSeconds: 1 },
      error: 'States.Timeout',
    },
  ])
})
