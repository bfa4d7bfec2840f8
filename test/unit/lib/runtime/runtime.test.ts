import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger } from '#lib/runtime/logger.ts'
import { isOutage } from '#lib/runtime/outage.ts'

describe('createLogger', () => {
  const lines: string[] = []
  const log = createLogger({ requestId: 'r1' }, line => lines.push(line))
  const last = () => JSON.parse(lines.at(-1) ?? '')

  it('writes one JSON line with level, message, its members and the data', () => {
    log.info('Hello', { count: 3 })
    expect(last()).toMatchObject({ level: 'info', message: 'Hello', requestId: 'r1', count: 3 })
    expect(lines.at(-1)).not.toContain('\n')
  })

  it('tells an error with its stack and cause', () => {
    log.error('Failed', { error: new Error('outer', { cause: new TypeError('inner') }) })
    expect(last()).toMatchObject({
      level: 'error',
      error: { message: 'outer', cause: { name: 'TypeError', message: 'inner' } },
    })
    expect(last().error.stack).toContain('outer')
  })
})

describe('readEnv', () => {
  const tenant = JSON.stringify({
    name: 'acme',
    phoneRegion: 'CN',
    timeZone: 'Asia/Shanghai',
    currency: 'CNY',
    locale: 'zh-CN',
    listShards: 2,
  })

  beforeEach(() => {
    vi.resetModules()
    vi.stubEnv('TENANT', tenant)
    vi.stubEnv('AWS_REGION', 'ap-southeast-1')
  })
  afterEach(() => vi.unstubAllEnvs())

  it('reads the tenant once', async () => {
    const { readEnv } = await import('#lib/runtime/env.ts')
    const first = readEnv()
    vi.stubEnv('TENANT', 'changed')
    expect(readEnv()).toBe(first)
    expect(first.TENANT).toMatchObject({ name: 'acme', listShards: 2 })
  })

  it.each([
    ['TENANT', 'not json', 'TENANT: must be JSON'],
    ['TENANT', '{"name":"acme"}', 'TENANT.phoneRegion'],
    ['AWS_REGION', '', 'AWS_REGION'],
  ])('names the bad variable: %s=%s', async (name, value, message) => {
    vi.stubEnv(name, value)
    const { readEnv } = await import('#lib/runtime/env.ts')
    expect(() => readEnv()).toThrow(message)
  })

  it('names a variable that a function cannot do without', async () => {
    vi.stubEnv('TABLE_NAME', '')
    const { required } = await import('#lib/runtime/env.ts')
    expect(() => required('TABLE_NAME')).toThrow('TABLE_NAME is not set')
  })
})

describe('isOutage', () => {
  const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more })

  it.each([
    ['throttling', named('ThrottlingException')],
    ['too little capacity', named('ProvisionedThroughputExceededException')],
    ['a fault inside AWS', named('InternalServerError')],
    ['any answer of 500', named('Surprise', { $metadata: { httpStatusCode: 500 } })],
    ['any answer of 429', named('Surprise', { $metadata: { httpStatusCode: 429 } })],
    ['a timeout', named('TimeoutError')],
    ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
    ['one wrapped in another error', new Error('x', { cause: named('TimeoutError') })],
  ])('%s passes by itself', (_what, error) => {
    expect(isOutage(error)).toBe(true)
  })

  it.each([
    ['a bad request', named('ValidationException', { $metadata: { httpStatusCode: 400 } })],
    ['a denied one', named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } })],
    ['a refused condition', named('ConditionalCheckFailedException')],
    ['a bug', new TypeError('x')],
    ['a text', 'TimeoutError'],
  ])('%s does not', (_what, error) => {
    expect(isOutage(error)).toBe(false)
  })
})
