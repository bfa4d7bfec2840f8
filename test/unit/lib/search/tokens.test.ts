import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { SearchText } from '#lib/search/keys.ts'
import { tokenScheme, tokensOf } from '#lib/search/tokens.ts'

const name = (text: string): SearchText => ({ field: 'name', kind: 'name', text })
const phone = (text: string): SearchText => ({ field: 'phones', kind: 'phone', text })
const email = (text: string): SearchText => ({ field: 'emails', kind: 'email', text })

describe('tokensOf', () => {
  it.each<[string, SearchText, string[]]>([
    [
      'every two neighbours of a Chinese name, and its pinyin and initials',
      name('华星贸易'),
      ['华星贸易', '星贸易', '贸易', 'huaxingmaoyi', 'hxmy'],
    ],
    [
      'a legal form only at the end of what begins before it',
      name('华星有限公司'),
      ['华星有限公司', '星有限公司', 'huaxing', 'hx'],
    ],
    [
      'a company with and without its place',
      name('北京华星贸易有限公司'),
      ['北京华星贸易有限公司', '华星贸易有限公司', '星贸易有限公司', '贸易有限公司'].concat([
        'beijinghuaxingmaoyi',
        'bjhxmy',
        'huaxingmaoyi',
        'hxmy',
      ]),
    ],
    [
      'a place in brackets apart',
      name('华星（上海）科技'),
      ['华星科技', '星科技', '科技', '上海', 'huaxingkeji', 'hxkj'],
    ],
    ['a person, and the given name', name('李小龙'), ['李小龙', '小龙', 'lixiaolong', 'lxl', 'xiaolong']],
    ['a person with one given character', name('李娜'), ['李娜', '娜', 'lina', 'ln']],
    [
      'a family name of two characters',
      name('欧阳小龙'),
      ['欧阳小龙', '阳小龙', '小龙', 'ouyangxiaolong', 'oyxl', 'xiaolong'],
    ],
    [
      'a family name as families read it, and as others do',
      name('曾宁'),
      ['曾宁', '宁', 'zengning', 'zn', 'cengning', 'cn'],
    ],
    [
      'words of Latin letters, each with what follows',
      name('Evergreen Trading Ltd.'),
      ['evergreentradingltd', 'tradingltd'],
    ],
    ['both scripts in one name', name('IBM中国'), ['ibm中国', '中国', '国', 'ibmzhongguo', 'ibmzg']],
    ['an e-mail: whole and domain', email('Li.Na@Example.cn'), ['linaexamplecn', 'examplecn']],
    [
      'a Chinese mobile: from its beginning and from its end',
      phone('+8613912077502'),
      ['+13912077502', '-2057702193168'],
    ],
    ['a Hong Kong number', phone('+85291234567'), ['+91234567', '-76543219258']],
    ['a number of a country not listed, whole', phone('+35312345678'), ['+35312345678', '-87654321353']],
    ['nothing of punctuation', name('--- ()'), []],
  ])('%s', async (_what, text, tokens) => {
    expect((await tokensOf([text])).toSorted()).toEqual(
      tokens.map(token => [...token].slice(0, 20).join('')).toSorted(),
    )
  })

  it('what another token begins with needs none of its own', async () => {
    const tokens = await tokensOf([name('李娜'), email('li.na@huaxing.cn')])
    expect(tokens).toEqual(['李娜', '娜', 'linahuaxingcn', 'huaxingcn', 'ln'])
  })

  it('no record has more than 100', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => name(`word${i} `.repeat(8)))
    expect((await tokensOf([name('甲乙丙丁戊己庚辛'.repeat(20)), ...texts])).length).toBeLessThanOrEqual(100)
  })

  it('long words are cut between characters', async () => {
    const [token = ''] = await tokensOf([name(`a${'𐐨'.repeat(100)}`)])
    expect(token.isWellFormed()).toBe(true)
    expect([...token]).toHaveLength(20)
  })
})

describe('tokenScheme', () => {
  const file = join(import.meta.dirname, '../../../data/contacts.zh.csv')
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, bom: true })
  const textsOf = (row: Record<string, string>): SearchText[] => [
    name(row['name'] ?? ''),
    name(row['company'] ?? ''),
    ...(row['email'] ? [email(row['email'])] : []),
    ...(row['mobile'] ? [phone(`+86${row['mobile']}`)] : []),
  ]

  it('is counted up when tokens change (then pin the new ones here): old ones would not be found until a reindex', async () => {
    const tokens = await Promise.all(rows.slice(0, 500).map(row => tokensOf(textsOf(row))))
    const made = createHash('sha256').update(JSON.stringify(tokens)).digest('hex').slice(0, 16)
    expect([tokenScheme, made]).toEqual([2, 'c29153c8d7c26bd0'])
  })

  it('takes no more tokens for a contact with one phone than the bigrams of the first release, 16.2 on average', async () => {
    const tokens = await Promise.all(rows.map(row => tokensOf(textsOf(row))))
    expect(tokens.flat().length / rows.length).toBeLessThanOrEqual(16.25)
  })
})
