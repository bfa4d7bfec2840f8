import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PatternProblem } from '#lib/settings/pattern/parse-pattern.ts'
import { wholePattern } from '#lib/settings/pattern/whole-pattern.ts'

const asRegExp = (regex: string, text: string) => new RegExp(`^(?:${regex})$`, 'u').test(text)

const characters = fc.constantFrom(
  'a',
  'b',
  '中',
  '.',
  '\\d',
  '\\w',
  '[ab]',
  '[^a]',
  '[a-c1]',
  '\\.',
  '[\\]a]',
  '\\p{L}',
  '\\u{62}',
)
const repeats = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?')

/** Patterns of every construct over a small alphabet, so that texts of it often match; groups stand in each other to a depth. */
function patternsOf(depth: number): fc.Arbitrary<string> {
  const group = () =>
    fc.tuple(fc.constantFrom('(', '(?:'), patternsOf(depth - 1)).map(([open, inner]) => `${open}${inner})`)
  const atom = depth === 0 ? characters : fc.oneof({ arbitrary: characters, weight: 3 }, group())
  const part = fc.tuple(atom, repeats).map(([one, repeat]) => `${one}${repeat}`)
  const sequence = fc.array(part, { maxLength: 3 }).map(parts => parts.join(''))
  return fc.array(sequence, { minLength: 1, maxLength: 3 }).map(options => options.join('|'))
}
const texts = fc
  .array(fc.constantFrom('a', 'b', 'c', '1', '中', '.', ']', '\n'), { maxLength: 8 })
  .map(all => all.join(''))

describe('A pattern that an admin typed', () => {
  it('matches exactly what the regular expression of JavaScript matches', () => {
    fc.assert(
      fc.property(patternsOf(2), fc.array(texts, { minLength: 5, maxLength: 10 }), (regex, all) => {
        for (const text of all)
          expect([regex, text, wholePattern(regex)(text)]).toEqual([regex, text, asRegExp(regex, text)])
      }),
      { numRuns: 300, seed: 4 },
    )
  })

  it.each([
    ['^1[3-9]\\d{9}$', '13912345678', true],
    ['1[3-9]\\d{9}', '139123456789', false],
    ['(华东|华南|华北)区', '华南区', true],
    ['\\p{Script=Han}{2,4}', '欧阳娜娜', true],
    ['\\p{Script=Han}{2,4}', 'Nana', false],
    ['[A-Z]{2}-\\d{3,}', 'CN-1024', true],
    ['price\\$', 'price$', true],
    ['.*', '', true],
    ['👍+', '👍👍', true],
  ])('%s and %s: %s', (regex, text, isMatch) => expect(wholePattern(regex)(text)).toBe(isMatch))

  it.each(['(a+)+b', '(a|a)*b', '(a|aa)+b', '(.*a){20}b', '(a*)*b'])(
    '%s ends at once on a text that makes a backtracking engine run for years',
    regex => expect(wholePattern(regex)('a'.repeat(1_000))).toBe(false),
  )

  it.each([
    ['(a', /is not a regular expression: Unterminated group/],
    ['a{2,1}', /is not a regular expression/],
    ['(a)\\1', /refers back/],
    ['(?=a)a', /looks ahead/],
    ['(?<!a)b', /looks ahead, looks back/],
    ['a\\b', /word boundary/],
    ['a^b', /has a \^ inside/],
    ['a$b', /has a \$ inside/],
    ['(a{500}){500}', /too large/],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, /more than 40 groups/],
  ])('%s is refused, saying what to write instead', (regex, message) => {
    expect(() => wholePattern(regex)).toThrow(PatternProblem)
    expect(() => wholePattern(regex)).toThrow(message)
  })
})
