import { describe, expect, it } from 'vitest'
import { foldText, queryTerms, tokensOf } from '#lib/search/tokens.ts'

describe('tokensOf', () => {
  it.each([
    ['neighbours of Chinese characters, and the last one', '华星贸易', ['华星', '星贸', '贸易', '易']],
    ['not what every company name ends in', '华星贸易有限公司', ['华星', '星贸', '贸易', '易']],
    ['a name that is nothing but such an ending', '有限公司', ['有限', '限公', '公司', '司']],
    ['words of Latin letters', 'Evergreen Trading Ltd.', ['evergreen', 'trading', 'ltd']],
    ['full-width letters made plain', 'ＡＢＣ', ['abc']],
    ['both scripts in one name', 'IBM中国', ['ibm', '中国', '国']],
    ['an e-mail: whole and domain', 'Li.Na@Example.cn', ['li.na@example.cn', 'example.cn']],
    [
      'a Chinese mobile: with and without country code, last four',
      '+8613912077502',
      ['8613912077502', '13912077502', '7502'],
    ],
    ['a Chinese landline', '+861062345678', ['861062345678', '1062345678', '5678']],
    ['an American number', '+14155552671', ['14155552671', '4155552671', '2671']],
    ['a Hong Kong number', '+85291234567', ['85291234567', '4567']],
    ['an at sign in a sentence is no e-mail', '回访@华星', ['回访', '访', '华星', '星']],
    ['nothing of punctuation', '--- ()', []],
  ])('%s', (_what, text, tokens) => {
    expect(tokensOf([text])).toEqual(tokens)
  })

  it('no record has more than 60', () => {
    expect(tokensOf([Array.from({ length: 100 }, (_, i) => `word${i}`).join(' ')])).toHaveLength(60)
  })

  it('long words are cut between characters', () => {
    const [token = ''] = tokensOf([`a${'𐐨'.repeat(100)}`])
    expect(token.isWellFormed()).toBe(true)
    expect([...token]).toHaveLength(40)
  })
})

describe('queryTerms', () => {
  it.each([
    ['one Chinese character', '华', ['华']],
    ['Chinese neighbours', '华星贸易', ['华星', '星贸', '贸易']],
    ['a company name with its ending', '华星贸易有限公司', ['华星', '星贸', '贸易']],
    ['the beginning of a word', 'Ever', ['ever']],
    ['several words', 'green  Trading', ['green', 'trading']],
    ['an e-mail', 'Li.Na@Example.cn', ['li.na@example.cn']],
    ['an e-mail with an apostrophe', "o'brien@a.cn", ["o'brien@a.cn"]],
    ['a mobile number', '13912077502', ['13912077502']],
    ['a mobile number with spaces', '139 1207 7502', ['13912077502']],
    ['a mobile number with hyphens', '139-1207-7502', ['13912077502']],
    ['an international number', '+86 139 1207 7502', ['8613912077502']],
    ['00 for the plus', '0086 13912077502', ['8613912077502']],
    ['a landline with its trunk zero', '010-62345678', ['1062345678']],
    ['full-width digits', '１３９１２０７７５０２', ['13912077502']],
    ['the last four digits', '7502', ['7502']],
    ['the beginning of a number', '139120', ['139120']],
    ['the same word twice', 'a a', ['a']],
    ['nothing', ' --- ', []],
  ])('%s', (_what, query, terms) => {
    expect(queryTerms(query)).toEqual(terms)
  })

  it('a long query asks for 12 terms at most', () => {
    expect(queryTerms('一二三四五六七八九十'.repeat(20)).length).toBeLessThanOrEqual(12)
  })

  it.each([
    ['华星贸易有限公司', '星贸'],
    ['华星贸易有限公司', '易'],
    ['Evergreen Trading', 'trad'],
    ['+8613912077502', '139-1207-7502'],
    ['+8613912077502', '1391207'],
    ['+8613912077502', '8613912077502'],
    ['+8613912077502', '7502'],
    ['+861062345678', '010-62345678'],
    ['+861062345678', '(010) 6234-5678'],
    ["o'brien@a.cn", "o'brien@a.cn"],
    ['li.na@example.cn', 'example.cn'],
    ['李娜', '李娜'],
  ])('%s is found by %s', (text, query) => {
    const tokens = tokensOf([text])
    const terms = queryTerms(query)
    expect(terms.filter(term => tokens.some(token => token.startsWith(term)))).toEqual(terms)
  })
})

describe('foldText', () => {
  it('makes full-width plain, lower case, without spaces around', () => {
    expect(foldText(' ＡＢ华 ')).toBe('ab华')
  })
})
