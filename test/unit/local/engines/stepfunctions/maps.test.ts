import { describe, expect } from 'vitest'
import { Caught, caught, itRuns, map, type Row, task } from '../support/rows.ts'

const many = Array.from({ length: 200 }, (_, index) => index)

describe('Map and Parallel run as on AWS:', () => {
  itRuns([
    ...['INLINE', 'DISTRIBUTED'].flatMap((mode): Row[] => [
      {
        name: `Map ${mode} keeps the order of its items`,
        states: { A: map('echo', {}, mode) },
        input: { items: [3, 1, 2] },
        output: [3, 1, 2],
        calls: 3,
      },
      {
        name: `Map ${mode} runs 200 items`,
        states: { A: map('echo', {}, mode) },
        input: { items: many },
        output: many,
        calls: 200,
      },
      {
        name: `Map ${mode} of no items gives none`,
        states: { A: map('echo', {}, mode) },
        input: { items: [] },
        output: [],
      },
      {
        name: `Map ${mode} makes each input by ItemSelector`,
        states: {
          A: map(
            'echo',
            {
              ItemSelector: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value', 'id.$': '$.id' },
              ResultPath: '$.results',
            },
            mode,
          ),
        },
        input: { items: ['a', 'b'], id: 7 },
        output: {
          items: ['a', 'b'],
          id: 7,
          results: [
            { i: 0, v: 'a', id: 7 },
            { i: 1, v: 'b', id: 7 },
          ],
        },
      },
      {
        name: `Map ${mode} can be caught as a whole`,
        states: { A: map('fail', caught(['States.ALL']), mode), Caught },
        input: { items: [1] },
        output: expect.objectContaining({ items: [1] }),
      },
      {
        name: `Map ${mode} begins no further item once one has failed`,
        states: {
          A: map('failOnceTheSecondRuns', { MaxConcurrency: 2, ...caught(['States.ALL']) }, mode),
          Caught: { Type: 'Wait', Seconds: 1, End: true },
        },
        input: { items: [1, 2, 3, 4, 5, 6] },
        output: expect.anything(),
        calls: 2,
      },
      {
        name: `Map ${mode} of what is no array is States.Runtime`,
        states: { A: map('echo', caught(['States.ALL']), mode), Caught },
        input: { items: 'a' },
        error: 'States.Runtime',
      },
      {
        name: `Map ${mode} whose results exceed 256 KB together is States.DataLimitExceeded`,
        states: { A: map('wide', caught(['States.ALL']), mode), Caught },
        input: { items: [1, 2] },
        error: 'States.DataLimitExceeded',
      },
    ]),
    {
      name: 'Map INLINE fails by the name of what failed',
      states: { A: map('failItem', { ItemSelector: { 'item.$': '$$.Map.Item.Value' } }, 'INLINE') },
      input: { items: [1, 2] },
      error: 'BadItem',
    },
    {
      name: 'Map DISTRIBUTED fails by States.ExceedToleratedFailureThreshold',
      states: { A: map('failItem', { ItemSelector: { 'item.$': '$$.Map.Item.Value' } }) },
      input: { items: [1, 2] },
      error: 'States.ExceedToleratedFailureThreshold',
    },
    {
      name: 'an item that catches its failure leaves the others alone',
      states: {
        A: map('none', {
          ItemSelector: { 'item.$': '$$.Map.Item.Value' },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'One',
            States: {
              One: task('failItem', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Note' }] }),
              Note: { Type: 'Pass', Result: 'noted', End: true },
            },
          },
        }),
      },
      input: { items: [1, 2, 3] },
      output: [10, 'noted', 30],
    },
    {
      name: 'Maps nest',
      states: {
        A: map('none', {
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Inner',
            States: { Inner: { ...map('echo', { ItemsPath: '$' }, 'INLINE') } },
          },
        }),
      },
      input: { items: [[1, 2], [3]] },
      output: [[1, 2], [3]],
    },
    {
      name: 'Parallel gives the result of each branch, and fails by what fails in one',
      states: {
        A: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'P', States: { P: task('echo') } },
            { StartAt: 'Q', States: { Q: { Type: 'Pass', Result: 2, End: true } } },
          ],
          ResultPath: '$.r',
          Next: 'B',
        },
        B: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'R', States: { R: task('fail') } },
            { StartAt: 'S', States: { S: { Type: 'Wait', Seconds: 60, End: true } } },
          ],
          ...caught(['Boom']),
          End: true,
        },
        Caught,
      },
      input: { a: 1 },
      output: { a: 1, r: [{ a: 1 }, 2], error: expect.objectContaining({ Error: 'Boom' }) },
    },
  ])
})
