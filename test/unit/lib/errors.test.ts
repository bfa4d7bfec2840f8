import { describe, expect, it } from 'vitest'
import { CrmError, invalid, invalidAt, notFound, unavailable, uniqueViolation, versionConflict } from '#lib/errors.ts'

describe('invalid', () => {
  const problem = (code: string) => ({ pointer: `/${code}`, code, detail: `${code} is wrong.` })

  it.each([
    [['unknown_field', 'unknown_field'], 'unknown_field'],
    [['field_read_only'], 'field_read_only'],
    [['unknown_field', 'field_read_only'], 'validation_failed'],
    [['invalid_email'], 'validation_failed'],
    [['unknown_field', 'invalid_email'], 'validation_failed'],
  ])('%j makes %s', (codes, code) => {
    expect(invalid(codes.map(problem)).code).toBe(code)
  })

  it('tells every problem', () => {
    const error = invalid([problem('a'), problem('b')])
    expect([error.message, error.errors.length]).toEqual(['a is wrong. b is wrong.', 2])
  })
})

describe('errors', () => {
  it.each([
    [
      'a place',
      invalidAt('/a', 'x', 'd'),
      { code: 'validation_failed', errors: [{ pointer: '/a', code: 'x', detail: 'd' }] },
    ],
    [
      'who holds the value',
      uniqueViolation('/a', 'd', 'cust_1'),
      { code: 'unique_violation', members: { existingId: 'cust_1' } },
    ],
    ['no holder that is secret', uniqueViolation('/a', 'd'), { members: {} }],
    [
      'the version there is',
      versionConflict('cust_1', 3),
      { code: 'version_conflict', members: { currentVersion: 3 } },
    ],
    ['no version that is unknown', versionConflict('cust_1', undefined), { members: {} }],
    ['nothing of what exists', notFound('customer', 'cust_1'), { code: 'not_found', errors: [], members: {} }],
  ])('tell %s', (_what, error, told) => {
    expect(error).toMatchObject(told)
  })

  it('keep their cause', () => {
    const cause = new TypeError('x')
    expect(unavailable('d', cause).cause).toBe(cause)
    expect('cause' in unavailable('d')).toBe(false)
    expect(new CrmError('internal', 'd')).toBeInstanceOf(Error)
  })
})
