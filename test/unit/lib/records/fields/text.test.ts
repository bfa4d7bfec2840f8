import { describe, expect, it } from 'vitest'
import type { FieldOf } from '#schemas/definition.ts'
import { checkField, label } from './check-field.ts'

const text: FieldOf<'text'> = { type: 'text', label }
const code: FieldOf<'text'> = {
  type: 'text',
  label,
  upperCase: true,
  maxLength: 20,
  pattern: { regex: '[A-Z0-9-]{4,20}', message: 'use letters and digits' },
}
const longText: FieldOf<'longText'> = { type: 'longText', label }
const tags: FieldOf<'tags'> = { type: 'tags', label }

describe('text', () => {
  it.each([
    ['spaces around are dropped', '  Huaxing  ', 'Huaxing'],
    ['a full-width space around is dropped', '\u3000华星\u3000', '华星'],
    ['inner spaces stay', 'a  b', 'a  b'],
    ['letters are composed (NFC)', 'Cafe\u0301', 'Caf\u00e9'],
    ['full-width letters stay as typed', 'Ａ公司', 'Ａ公司'],
    ['200 characters fit, emoji counted as one each', '😀'.repeat(200), '😀'.repeat(200)],
    ['an emoji joined of several characters stays', '👩‍💻', '👩‍💻'],
    ['empty clears', '', 'cleared'],
    ['blank clears', ' \t ', 'cleared'],
    ['invisible characters alone clear', '\u200b\ufeff', 'cleared'],
    ['null clears', null, 'cleared'],
  ])('%s', async (_promise, value, stored) => {
    expect(await checkField(text, value)).toBe(stored)
  })

  it.each([
    ['half of a surrogate pair', 'a\ud800', 'invalid_text'],
    ['the other half', '\udc00a', 'invalid_text'],
    ['a NUL', 'a\u0000b', 'invalid_text'],
    ['a line break', 'a\nb', 'invalid_text'],
    ['an escape', 'a\u001bb', 'invalid_text'],
    ['a C1 control', 'a\u0085b', 'invalid_text'],
    ['a mark that reverses the reading direction', 'invoice\u202egpj.exe', 'invalid_text'],
    ['an isolate mark', 'a\u2066b', 'invalid_text'],
    ['201 characters', 'x'.repeat(201), 'too_long'],
    ['a number', 5, 'invalid_type'],
    ['true', true, 'invalid_type'],
    ['a list', ['a'], 'invalid_type'],
    ['an object', { a: 1 }, 'invalid_type'],
  ])('%s is refused', async (_what, value, problem) => {
    expect(await checkField(text, value)).toBe(`/value ${problem}`)
  })

  it.each([
    ['lower case', '91110108ma01', '91110108MA01'],
    ['full-width letters and digits', '９１１１０１０８ｍａ０１', '91110108MA01'],
    ['too short', 'AB1', '/value invalid_format'],
    ['a letter outside the pattern', 'ABCD_1', '/value invalid_format'],
    ['a pattern matches the whole value only', 'ABCD 1', '/value invalid_format'],
    ['too long and malformed (told one at a time)', '_'.repeat(21), '/value too_long'],
  ])('a code in %s', async (_what, value, stored) => {
    expect(await checkField(code, value)).toBe(stored)
  })
})

describe('long text', () => {
  it.each([
    ['lines and tabs stay', 'a\n\tb', 'a\n\tb'],
    ['line ends are made one kind', 'a\r\nb', 'a\nb'],
    ['50,000 characters fit', '中'.repeat(50_000), '中'.repeat(50_000)],
    ['50,001 do not', 'x'.repeat(50_001), '/value too_long'],
    ['a lone carriage return is refused', 'a\rb', '/value invalid_text'],
    ['a bell is refused', 'a\u0007', '/value invalid_text'],
    ['half of a surrogate pair is refused', '\ud800', '/value invalid_text'],
    ['blank lines clear', '\n\n', 'cleared'],
  ])('%s', async (_promise, value, stored) => {
    expect(await checkField(longText, value)).toBe(stored)
  })
})

describe('tags', () => {
  it.each([
    ['each once, tidied', ['VIP', ' VIP ', '华东'], ['VIP', '华东']],
    ['50 fit', Array.from({ length: 50 }, (_, i) => `t${i}`), Array.from({ length: 50 }, (_, i) => `t${i}`)],
    ['51 do not', Array.from({ length: 51 }, (_, i) => `t${i}`), '/value too_big'],
    ['an empty list clears', [], 'cleared'],
    ['an empty tag is refused', ['a', ' '], '/value/1 invalid_text'],
    ['a long tag is refused', ['x'.repeat(51)], '/value/0 too_long'],
    ['a control character is refused', ['a\u0007'], '/value/0 invalid_text'],
    ['null in the list is refused', [null], '/value/0 invalid_type'],
    ['a text is refused', 'VIP', '/value invalid_type'],
  ])('%s', async (_promise, value, stored) => {
    expect(await checkField(tags, value)).toEqual(stored)
  })
})
