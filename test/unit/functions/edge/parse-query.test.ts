import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { parseAt, queryPointer } from '#functions/edge/field-problems.ts'
import { parseQuery } from '#functions/edge/parse-query.ts'
import { flag, limit, moment, names } from '#schemas/api/parameters.ts'

describe('parseQuery', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['a=1&b=two+words&c=%E9%95%BF', { a: '1', b: 'two words', c: '长' }],
    ['a', { a: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['&&a=1&', { a: '1' }],
    ['%61=1', { a: '1' }],
  ])('reads %s', (text, parameters) => expect({ ...parseQuery(text) }).toEqual(parameters))

  it.each(['a=1&a=2', 'a=1&%61=2', 'a=1&a=1'])('refuses the repetition in %s', text =>
    expect(() => parseQuery(text)).toThrow('only once'),
  )

  it.each(['a=%', 'a=%zz', '%E9=1', 'a=%ff'])('refuses the broken encoding in %s', text =>
    expect(() => parseQuery(text)).toThrow('percent-encoding'),
  )

  it('takes __proto__ for a name like any other', () => {
    const parameters = parseQuery('__proto__=1')
    expect(Object.keys(parameters)).toEqual(['__proto__'])
    expect(() => parseAt(z.strictObject({}), parameters, queryPointer)).toThrow(
      expect.objectContaining({ code: 'unknown_field' }),
    )
  })
})

describe('parameters', () => {
  const schema = z.strictObject({ limit: limit(50), dryRun: flag('x'), asOf: moment('x'), fields: names('x') })
  const parse = (text: string) => parseAt(schema, parseQuery(text), queryPointer)

  it('have their values', () =>
    expect(parse('limit=7&dryRun=true&asOf=2026-03-31T09:00:00%2B08:00&fields=a,b')).toEqual({
      limit: 7,
      dryRun: true,
      asOf: '2026-03-31T01:00:00.000Z',
      fields: ['a', 'b'],
    }))

  it('have their defaults', () => expect(parse('')).toEqual({ limit: 50 }))

  it.each([
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=1e2',
    'limit= 1',
    'dryRun=1',
    'dryRun=TRUE',
    'asOf=2026-02-30T00:00:00Z',
    'asOf=2026-03-31',
    'fields=',
  ])('refuse %s, naming it', text => {
    const parameter = `?${text.split('=')[0]}`
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: parameter })] }),
    )
  })
})
