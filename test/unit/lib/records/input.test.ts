import { describe, expect, it } from 'vitest'
import { CrmError, pointerTo } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { parseInput, requireFields } from '#lib/records/input.ts'
import { defineObject } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { serverFields } from '#schemas/server-fields.ts'

const label = { en: 'x', zh: 'x' }
const thing = defineObject({
  name: 'thing',
  plural: 'things',
  prefix: 'thing',
  label,
  pluralLabel: label,
  titleField: 'name',
  fields: {
    name: { type: 'text', required: true, label },
    score: { type: 'number', readOnly: true, label },
    size: { type: 'number', label },
    emails: { type: 'emails', label },
    place: { type: 'address', label },
    data: { type: 'json', label },
  },
})
const compiled = compileObject(thing, { phoneRegion: 'CN', currency: 'CNY' })

async function refusal(work: () => unknown): Promise<CrmError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof CrmError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

const problemsOf = async (input: unknown) => {
  const { code, errors } = await refusal(() => parseInput(compiled, input))
  return [code, ...errors.map(error => `${error.pointer} ${error.code}`)]
}

describe('parseInput', () => {
  it('takes known fields, and tells those to clear apart', async () => {
    const input = { name: ' A ', size: 3, emails: [], place: {}, data: null }
    expect(await parseInput(compiled, input)).toEqual({
      set: { name: 'A', size: 3 },
      clear: ['emails', 'place', 'data'],
    })
  })

  it.each([
    ['an unknown field', { nam: 'x' }, ['unknown_field', '/nam unknown_field']],
    ['a field of the server', { id: 'x' }, ['field_read_only', '/id field_read_only']],
    ['a field that jobs set', { score: 5 }, ['field_read_only', '/score field_read_only']],
    ['a wrong type', { size: '3' }, ['validation_failed', '/size invalid_type']],
    ['a value deep inside', { emails: [{ value: 'x' }] }, ['validation_failed', '/emails/0/value invalid_email']],
    ['a slash and a tilde in a name', { 'a/b~c': 1 }, ['unknown_field', '/a~1b~0c unknown_field']],
    [
      'several things, all at once',
      { nam: 'x', version: 1, size: true },
      ['validation_failed', '/nam unknown_field', '/version field_read_only', '/size invalid_type'],
    ],
    ['a list for a body', [], ['validation_failed', ' invalid_type']],
    ['a text for a body', 'name=A', ['validation_failed', ' invalid_type']],
    ['null for a body', null, ['validation_failed', ' invalid_type']],
    ['no body', undefined, ['validation_failed', ' invalid_type']],
  ])('%s is refused at its place', async (_what, input, problems) => {
    expect(await problemsOf(input)).toEqual(problems)
  })

  it.each(serverFields)('the server-owned name %s is refused as read-only', async name => {
    expect(await problemsOf({ [name]: 'x' })).toEqual(['field_read_only', `/${name} field_read_only`])
  })

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    'the name %s of a prototype is an unknown field, and reaches no prototype',
    async name => {
      const input: unknown = JSON.parse(`{"${name}":{"polluted":true}}`)
      expect(await problemsOf(input)).toEqual(['unknown_field', `/${name} unknown_field`])
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    },
  )

  it('says what a list of parts, a number and a text must be', async () => {
    const { errors } = await refusal(() => parseInput(compiled, { place: 'x', size: 'x', emails: 5, name: 1 }))
    expect(errors.map(error => error.detail)).toEqual([
      'place must be an object of parts.',
      'size must be a number.',
      'emails must be a list.',
      'name must be text.',
    ])
  })

  it('names the fields there are when one is unknown', async () => {
    const { errors } = await refusal(() => parseInput(compiled, { nam: 'x' }))
    expect(errors[0]?.detail).toBe('thing has no field "nam"; its fields are name, score, size, emails, place, data.')
  })

  it('a body of 1,000 unknown fields is refused within bounds', async () => {
    const input = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, 1]))
    const { errors } = await refusal(() => parseInput(compiled, input))
    expect(errors).toHaveLength(1000)
  })
})

describe('requireFields', () => {
  it.each<[string, JsonObject, string[]]>([
    ['absent', {}, ['/name required']],
    ['there', { name: 'A' }, []],
  ])('a required field that is %s', async (_what, fields, problems) => {
    const told: string[] = await Promise.resolve()
      .then(() => requireFields(compiled, fields))
      .then(() => [])
      .catch((error: CrmError) => error.errors.map(each => `${each.pointer} ${each.code}`))
    expect(told).toEqual(problems)
  })
})

describe('pointerTo', () => {
  it.each([
    [[], ''],
    [['a', 0, 'b'], '/a/0/b'],
    [['a/b', 'm~n', ''], '/a~1b/m~0n/'],
  ])('%j is %s (RFC 6901)', (path, pointer) => {
    expect(pointerTo(...path)).toBe(pointer)
  })
})
