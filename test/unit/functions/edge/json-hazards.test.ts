import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findHazard } from '#functions/edge/json-hazards.ts'

describe('findHazard', () => {
  it.each([
    ['plain values', '{"a":[1,-2.5,"x",true,null,{}],"b":{"c":"\\u00e9\\n\\"{["}}'],
    ['the same name in two objects', '[{"a":1},{"a":2}]'],
    ['the same name at two depths', '{"a":{"a":{"a":1}}}'],
    ['an escaped pair', '"\\ud83c\\udf32"'],
    ['32 levels', '['.repeat(32) + ']'.repeat(32)],
    ['1,000 members', `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":1`).join(',')}}`],
    ['10,000 entries', `[${'1,'.repeat(9_999)}1]`],
    ['the largest exact number', '9007199254740991'],
    ['a small number', '0.000000000000000000001'],
    ['zero, many ways', '[0,-0,0.0,0e10,0.00000000000000000000]'],
    ['a long text of digits', '"12345678901234567890"'],
    ['poisonous values', '["__proto__","constructor"]'],
  ])('lets %s through', (_, text) => expect(findHazard(text)).toBeUndefined())

  it.each([
    ['33 levels', '['.repeat(33), 'too_deep', '/0'.repeat(32)],
    ['a name twice', '{"a":1,"b":{"c":1,"c":2}}', 'repeated', '/b/c'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}', 'repeated', '/a'],
    ['__proto__', '{"a":[{"__proto__":1}]}', 'unknown_field', '/a/0/__proto__'],
    ['constructor, escaped', '{"\\u0063onstructor":1}', 'unknown_field', '/constructor'],
    ['prototype', '{"prototype":{}}', 'unknown_field', '/prototype'],
    ['1,001 members', `{${Array.from({ length: 1_001 }, (_, i) => `"k${i}":1`).join(',')}}`, 'too_many', '/k999'],
    ['10,001 entries', `[${'1,'.repeat(10_000)}1]`, 'too_many', '/10000'],
    ['a number beyond doubles', '{"a":1e400}', 'number_out_of_range', '/a'],
    ['a negative number beyond doubles', '{"a":-1E+400}', 'number_out_of_range', '/a'],
    ['an integer that would be rounded', '{"a":[0,9007199254740993]}', 'number_out_of_range', '/a/1'],
    ['a number that would become zero', '{"a":1e-400}', 'number_out_of_range', '/a'],
    ['half a surrogate pair', '{"a":"\\ud800"}', 'invalid_text', '/a'],
    ['half a surrogate pair in a name', '{"\\udc00":1}', 'invalid_text', ''],
    ['a name of 201 characters', `{"${'n'.repeat(201)}":1}`, 'unknown_field', `/${'n'.repeat(200)}`],
  ])('finds %s', (_, text, code, pointer) => expect(findHazard(text)).toMatchObject({ code, pointer }))

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u',
      '1e',
      '-',
      '9'.repeat(20),
      '"a"',
      'é',
    )
    fc.assert(fc.property(fc.array(pieces), parts => void findHazard(parts.join(''))))
  })

  it('finds nothing in what JSON.stringify makes of harmless values', () => {
    const value = fc.jsonValue({ maxDepth: 8, noUnicodeString: true })
    const isHarmless = (text: string) => !/"(__proto__|constructor|prototype)":|\d{16}|\d[eE]/.test(text)
    fc.assert(
      fc.property(value, json => {
        const text = JSON.stringify(json)
        fc.pre(isHarmless(text))
        expect(findHazard(text)).toBeUndefined()
      }),
    )
  })
})
