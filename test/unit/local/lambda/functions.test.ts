import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { FunctionDefinition } from '#infra/local/lambda/definition.ts'
import { createFunctions, type Functions } from '#infra/local/lambda/functions.ts'

const directory = mkdtempSync(join(tmpdir(), 'evergreen-lambda-'))
const opened: Functions[] = []
afterAll(async () => {
  await Promise.all(opened.map(functions => functions.stop()))
  rmSync(directory, { recursive: true, force: true })
})

let count = 0
function fn(source: string, overrides: Partial<FunctionDefinition> = {}) {
  const module = join(directory, `f${++count}.mjs`)
  writeFileSync(module, source)
  const definition: FunctionDefinition = {
    logicalId: `F${count}`,
    name: `evergreen-test-f${count}`,
    arn: `arn:aws:lambda:eu-west-1:000000000000:function:evergreen-test-f${count}`,
    region: 'eu-west-1',
    directory,
    module,
    handler: 'handler',
    memoryMb: 128,
    timeoutMs: 5000,
    reservedConcurrency: undefined,
    environment: { OWN: 'own' },
    ...overrides,
  }
  const functions = createFunctions([definition], { logDirectory: directory, environment: () => ({ ADDED: 'added' }) })
  opened.push(functions)
  const log = () => readFileSync(join(directory, `${definition.name}.log`), 'utf8')
  return { definition, functions, log, invoke: (event?: unknown) => functions.invoke(definition, event) }
}

describe('createFunctions', () => {
  it('calls the handler with event, environment and context, in one thread that stays', async () => {
    const { invoke } = fn(`let calls = 0
      export const handler = async (event, context) => ({ event, calls: ++calls, env: { ...process.env },
        left: context.getRemainingTimeInMillis(), name: context.functionName, arn: context.invokedFunctionArn, id: context.awsRequestId })`)
    expect(await invoke({ a: 1 })).toMatchObject({ ok: true, result: { event: { a: 1 }, calls: 1 } })
    expect(await invoke()).toMatchObject({
      result: {
        calls: 2,
        env: { OWN: 'own', ADDED: 'added' },
        left: expect.closeTo(5000, -3),
        arn: expect.stringContaining(':function:evergreen-test-'),
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    })
  })

  it('runs calls at the same time', async () => {
    const { invoke } = fn(`import { setTimeout as sleep } from 'node:timers/promises'
      export const handler = async event => { await sleep(event.ms); return event.ms }`)
    const order: unknown[] = []
    const note = async (ms: number) => order.push(await invoke({ ms }))
    await Promise.all([note(200), note(1)])
    expect(order).toMatchObject([{ result: 1 }, { result: 200 }])
  })

  it('writes what the function prints to its log', async () => {
    const { invoke, log } = fn(
      `export const handler = () => { console.log('printed'); process.stdout.write('written\\n'); return 1 }`,
    )
    await invoke()
    expect(log()).toBe('printed\nwritten\n')
  })

  it('reports what a handler throws', async () => {
    const { invoke, log } = fn(`export const handler = async () => { throw new TypeError('bad') }`)
    expect(await invoke()).toMatchObject({ ok: false, errorType: 'TypeError', errorMessage: 'bad' })
    expect(log()).toContain('TypeError: bad')
  })

  it.each([
    ['does not load', 'import "./missing.mjs"', 'Cannot find module'],
    ['has no handler', 'export const other = 1', 'exports no function "handler"'],
  ])('reports a bundle that %s, at every call', async (_name, source, message) => {
    const { invoke } = fn(source)
    for (const _call of [1, 2]) {
      expect(await invoke()).toMatchObject({ ok: false, errorMessage: expect.stringContaining(message) })
    }
  })

  it.each([
    ['exits', 'process.exit(3)'],
    ['throws outside its handler', `setTimeout(() => { throw new Error('late') }, 1); await new Promise(() => {})`],
    ['leaves a promise rejected', `Promise.reject(new Error('lost')); await new Promise(() => {})`],
    ['runs out of memory', 'const all = []; for (;;) all.push(new Array(100000).fill(Math.random()))'],
  ])('fails the calls of a thread that %s, and starts a new one for the next call', async (_name, code) => {
    const { invoke } = fn(`export const handler = async event => { if (event.crash) { ${code} } return 'fine' }`, {
      memoryMb: 32,
    })
    expect(await invoke({})).toEqual({ ok: true, result: 'fine' })
    expect(await invoke({ crash: true })).toMatchObject({ ok: false })
    expect(await invoke({})).toEqual({ ok: true, result: 'fine' })
  })

  it('times a call out, even one that never yields, and goes on with a new thread', async () => {
    const { invoke } = fn(`export const handler = async event => { if (event.hang) for (;;) {} return 'fine' }`, {
      timeoutMs: 300,
    })
    expect(await invoke({})).toEqual({ ok: true, result: 'fine' })
    const started = Date.now()
    expect(await invoke({ hang: true })).toMatchObject({
      ok: false,
      errorType: 'Sandbox.Timedout',
      errorMessage: 'Task timed out after 0.30 seconds',
    })
    expect(Date.now() - started).toBeLessThan(5000)
    expect(await invoke({})).toEqual({ ok: true, result: 'fine' })
  })

  it('lets other calls of a timed-out thread end', async () => {
    const { invoke } = fn(
      `import { setTimeout as sleep } from 'node:timers/promises'
      export const handler = async event => { await sleep(event.ms); return event.ms }`,
      { timeoutMs: 1000 },
    )
    const late = invoke({ ms: 1400 })
    await sleep(500)
    const other = invoke({ ms: 800 })
    expect(await late).toMatchObject({ ok: false })
    expect(await other).toEqual({ ok: true, result: 800 })
  })

  it('ends a thread that is not called for a while, and starts a new one for the next call', async () => {
    const { definition } = fn('let calls = 0; export const handler = () => ++calls')
    const functions = createFunctions([definition], { logDirectory: directory, environment: () => ({}), idleMs: 300 })
    opened.push(functions)
    const call = () => functions.invoke(definition, {})
    expect([await call(), await call()]).toMatchObject([{ result: 1 }, { result: 2 }])
    await sleep(900)
    expect(await call()).toMatchObject({ result: 1 })
  })

  it('throttles above the reserved concurrency', async () => {
    const { invoke } = fn(`export const handler = () => new Promise(resolve => setTimeout(resolve, 100))`, {
      reservedConcurrency: 1,
    })
    const outcomes = await Promise.all([invoke(), invoke()])
    expect(outcomes).toMatchObject([{ ok: true }, { ok: false, errorType: 'TooManyRequestsException' }])
    expect(await invoke()).toMatchObject({ ok: true })
  })

  it('finds a function by logical id, name, ARN and entry file', () => {
    const { functions, definition } = fn('export const handler = () => 1')
    for (const name of [definition.logicalId, definition.name, definition.arn, `events/f${count}`]) {
      expect(functions.find(name)).toBe(definition)
    }
    expect(() => functions.find('events/none')).toThrow('No function "events/none"')
  })
})
