import { describe, expect, it } from 'vitest'
import { etagOf, isFresh, parseCondition, versionsOf } from '#functions/edge/conditions.ts'

const id = 'cust_01jq2v7m4hf8r9s0t1v2w3x4y5'
const parse = (header: string | undefined) => parseCondition('If-Match', header)

describe('conditions', () => {
  it('read back the tags they are made of', () => {
    const condition = parse(etagOf(id, 7))
    expect(versionsOf(condition, id)).toEqual([7])
    expect(isFresh(condition, id, 7)).toBe(true)
    expect(isFresh(condition, id, 8)).toBe(false)
  })

  it.each([
    ['no header', undefined, undefined],
    ['any version', ' * ', undefined],
    ['one tag', `"${id}.3"`, [3]],
    ['a list', `"${id}.3", "${id}.4"`, [3, 4]],
    ['a list with gaps', `, "${id}.3",, ,"${id}.4",`, [3, 4]],
    ['tags of others among them', `"cust_other.3", "${id}.4", "x"`, [4]],
    ['a weak tag', `W/"${id}.3"`, []],
    ['an empty tag', '""', []],
    ['a comma inside a tag', `"a,b", "${id}.4"`, [4]],
    ['a version with a leading zero', `"${id}.03"`, []],
    ['no version', `"${id}"`, []],
  ])('say which versions %s accepts', (_, header, versions) => expect(versionsOf(parse(header), id)).toEqual(versions))

  it.each(['', 'abc', `${id}.3`, `"${id}.3`, `'${id}.3'`, '"a" "b"', 'w/"a"', '*, "a"', '"a\u0001"'])(
    'refuse %j instead of guessing',
    header => expect(() => parse(header)).toThrow(expect.objectContaining({ code: 'validation_failed' })),
  )

  it('compare weakly for If-None-Match', () => {
    expect(isFresh(parse(`W/"${id}.3"`), id, 3)).toBe(true)
    expect(isFresh(parse('*'), id, 3)).toBe(true)
    expect(isFresh(undefined, id, 3)).toBe(false)
  })

  it('are read in linear time', () => {
    const before = performance.now()
    expect(() => parse(`${', '.repeat(5_000)}x`)).toThrow()
    expect(() => parse(`"a"${' '.repeat(10_000)}x`)).toThrow()
    expect(performance.now() - before).toBeLessThan(500)
  })
})
