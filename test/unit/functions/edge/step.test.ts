import type { Context } from 'aws-lambda'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { step as loggedStep, type StepCall, stepFailure } from '#functions/edge/step.ts'
import { CrmError, invalidAt, unavailable } from '#lib/errors.ts'

import { keptAccesses } from '../../../support/kept-accesses.ts'

let accesses: ReturnType<typeof keptAccesses>
let lines: Record<string, unknown>[]

beforeEach(() => {
  accesses = keptAccesses()
  lines = []
  vi.spyOn(process.stdout, 'write').mockImplementation(line => lines.push(JSON.parse(String(line))) > 0)
})

const context = {
  awsRequestId: 'request-1',
  functionName: 'evergreen-acme-split-import',
  getRemainingTimeInMillis: () => 4_321,
} as Context

const step = <S extends z.ZodType, O>(schema: S, run: (given: z.output<S>, call: StepCall) => Promise<O>) =>
  loggedStep(schema, run, accesses.open)

const input = z.object({ importId: z.string(), first: z.coerce.number().default(0) })

describe('the access log of a step', () => {
  const asked = {
    importId: 'imp_01m8fc0nxzehv94zdxgg6d6xq9',
    actorId: 'user_01m8fc0k88f5g8zt1wmy2a3frx',
    note: 'Zhang Wei',
  }

  it('tells once what ran, for whom and on what, and no values', async () => {
    await step(z.looseObject({}), async () => ({}))(asked, context)
    expect(accesses.published).toMatchObject([
      {
        eventName: 'evergreenAcmeSplitImport',
        eventType: 'AwsServiceEvent',
        userIdentity: { type: 'User', principalId: asked.actorId },
        requestParameters: { importId: asked.importId, actorId: asked.actorId },
        requestID: 'request-1',
      },
    ])
    expect(JSON.stringify(accesses.published)).not.toContain('Zhang')
  })

  it('tells that a step failed', async () => {
    const failing = step(z.looseObject({}), async () => {
      throw unavailable('The table does not answer.')
    })
    await expect(failing(asked, context)).rejects.toMatchObject({ name: 'Unavailable' })
    expect(accesses.published).toMatchObject([{ errorCode: 'Unavailable' }])
  })

  it('lets nothing be exported while the bus takes no records', async () => {
    accesses = keptAccesses({ bus: true })
    const left: string[] = []
    const exporting = step(z.looseObject({}), async (_, call) => {
      await call.logExported({ exportId: 'exp_1', actorId: 'user_1', part: 0, page: 0, ids: ['cust_1'] })
      left.push('cust_1')
    })
    await expect(exporting({}, context)).rejects.toMatchObject({ name: 'Unavailable' })
    expect(left).toEqual([])
    expect(accesses.spooled).toMatchObject([{ errorCode: 'Unavailable' }])
  })

  it('ends as to be run again when neither bus nor queue takes its record', async () => {
    accesses = keptAccesses({ bus: true, queue: true })
    await expect(step(z.looseObject({}), async () => ({}))({}, context)).rejects.toMatchObject({ name: 'Unavailable' })
  })
})

describe('a step of a workflow', () => {
  it('gets its input by its schema, and its time, id and log', async () => {
    const handler = step(input, async (given, { log, requestId, remainingMs }) => {
      log.info('here', { importId: given.importId })
      return { given, requestId, ms: remainingMs() }
    })
    expect(await handler({ importId: 'imp_1', first: '7' }, context)).toEqual({
      given: { importId: 'imp_1', first: 7 },
      requestId: 'request-1',
      ms: 4_321,
    })
    expect(lines).toMatchObject([
      { level: 'info', message: 'here', requestId: 'request-1', step: 'evergreen-acme-split-import' },
      { level: 'info', message: 'The step is done', memoryMb: expect.any(Number) },
    ])
  })

  class ProvisionedThroughputExceededException extends Error {
    override readonly name = 'ProvisionedThroughputExceededException'
  }

  it.each<[string, Error, string, string]>([
    ['an outage', unavailable('The file store does not answer.'), 'Unavailable', 'warn'],
    ['throttling that got through', new ProvisionedThroughputExceededException('slow'), 'Unavailable', 'warn'],
    ['a refusal', invalidAt('/file', 'no_rows', 'The file has no rows.'), 'Refused', 'warn'],
    ['what is not there', new CrmError('not_found', 'There is no import imp_1.'), 'Refused', 'warn'],
    ['a bug', new TypeError('x is undefined'), 'Internal', 'error'],
    ['a stored thing of a wrong shape', new z.ZodError([]), 'Internal', 'error'],
  ])('ends after %s with an error that a definition can match, and logs it once', async (_, thrown, name, level) => {
    const handler = step(input, async () => {
      throw thrown
    })
    await expect(handler({ importId: 'imp_1' }, context)).rejects.toMatchObject({ name, message: thrown.message })
    expect(lines).toMatchObject([{ level, requestId: 'request-1', error: { name: thrown.name } }])
  })

  it('refuses an input of a wrong shape before anything is done', async () => {
    const run = vi.fn()
    await expect(step(input, run)({ importId: 7 }, context)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining('importId'),
    })
    expect(run).not.toHaveBeenCalled()
    expect(lines).toMatchObject([{ level: 'error' }])
  })
})

describe('the failure that a Catch hands on', () => {
  it.each([
    [
      { Error: 'Refused', Cause: '{"errorType":"Refused","errorMessage":"文件没有行。","trace":[]}' },
      { name: 'Refused', message: '文件没有行。' },
    ],
    [
      { Error: 'States.Timeout', Cause: '' },
      { name: 'States.Timeout', message: '' },
    ],
    [
      { Error: 'Lambda.TooManyRequestsException', Cause: 'Rate Exceeded.' },
      { name: 'Lambda.TooManyRequestsException', message: 'Rate Exceeded.' },
    ],
    [
      { Error: 'Odd', Cause: '{"other":1}' },
      { name: 'Odd', message: '{"other":1}' },
    ],
    [{ Error: 'States.Runtime' }, { name: 'States.Runtime', message: '' }],
  ])('%j is told as its name and message', (caught, told) => {
    expect(stepFailure.parse(caught)).toEqual(told)
  })
})
