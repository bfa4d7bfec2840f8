import { describe, expect, it } from 'vitest'
import { foldText, parseName } from '#lib/search/names.ts'

/** A name's words with the places in `<>` and the legal form in `()`, then the places in brackets. */
function shown(name: string): string {
  const { words, places } = parseName(foldText(name))
  const marks = { region: ['<', '>'], form: ['(', ')'], han: ['', ''], latin: ['', ''] } as const
  return [...words.map(({ kind, text }) => marks[kind].join(text)), ...places.map(place => `[${place}]`)].join(' ')
}

describe('parseName', () => {
  it.each([
    ['a company', '华星贸易有限公司', '华星贸易 (有限公司)'],
    ['a company with its place', '北京华星贸易有限公司', '<北京> 华星贸易 (有限公司)'],
    ['a place with its rank', '安徽省木思林网络集团有限公司', '<安徽省> 木思林网络 (集团有限公司)'],
    ['several places', '安徽省合肥市华星科技股份有限公司', '<安徽省> <合肥市> 华星科技 (股份有限公司)'],
    ['a place in brackets', '华星（北京）科技有限公司', '华星科技 (有限公司) [北京]'],
    ['a branch', '华星贸易有限公司北京分公司', '华星贸易有限公司北京 (分公司)'],
    ['traditional characters', '北京華星貿易有限公司', '<北京> 华星贸易 (有限公司)'],
    ['a person', '李娜', '李娜'],
    ['a person whose name begins like a place', '吉安平', '吉安平'],
    ['a place alone', '北京', '北京'],
    ['市 that ends no place', '华夏市场研究有限公司', '华夏市场研究 (有限公司)'],
    ['nothing but a legal form', '有限公司', '有限公司'],
    ['a company of English words', 'Evergreen Trading Co., Ltd.', 'evergreen trading (co) (ltd)'],
    ['a person called Co', 'Anna Co', 'anna co'],
    ['both scripts', 'IBM中国研究院', 'ibm 中国研究院'],
    ['a foreign name in Chinese', '迪丽热巴·迪力木拉提', '迪丽热巴 迪力木拉提'],
    ['apostrophes and dots within a word', "O'Brien U.S. Steel", 'obrien us steel'],
    ['hyphens between words', '7-Eleven', '7 eleven'],
    ['an e-mail as one word', 'li-na@huaxing.cn', 'linahuaxingcn'],
    ['full-width letters and accents', 'ＣＡＦÉ Müller', 'cafe muller'],
    ['what nobody sees', '华\u200b星', '华星'],
    ['punctuation alone', '--- ()', ''],
  ])('%s: %s', (_what, name, words) => {
    expect(shown(name)).toBe(words)
  })
})
