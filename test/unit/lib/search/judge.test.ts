import { describe, expect, it } from 'vitest'
import { judge } from '#lib/search/judge.ts'
import type { SearchText } from '#lib/search/keys.ts'
import { openPinyin } from '#lib/search/pinyin.ts'
import { lookUps, parseQuery, type Term } from '#lib/search/query.ts'
import { tokensOf } from '#lib/search/tokens.ts'

const read = await openPinyin()

function textsOf(told: string): SearchText[] {
  const kind = /^\+\d+$/.test(told) ? 'phone' : /^\S+@\S+$/.test(told) ? 'email' : 'name'
  return [{ field: kind === 'name' ? 'name' : `${kind}s`, kind, text: told }]
}

/** The score of a query against one text; 0 when it is not found, or when the index would not lead to it. */
async function score(told: string, typed: string): Promise<number> {
  const query = parseQuery(typed)
  if (!query) return 0
  const texts = textsOf(told)
  const tokens = await tokensOf(texts)
  const leads = (term: Term) => lookUps(term).some(start => tokens.some(token => token.startsWith(start)))
  const judgement = judge(query, texts, { titleField: 'name', read })
  const isLed = leads(query.whole) || (query.words.length > 0 && query.words.every(leads))
  expect(isLed || !judgement, `${typed} is found in ${told} but no token leads there`).toBe(true)
  return judgement?.score ?? 0
}

describe('a query finds', () => {
  it.each<[what: string, told: string, typed: string, score: number]>([
    ['a whole name', '华星贸易有限公司', '华星贸易有限公司', 100],
    ['a whole name without its legal form', '华星贸易有限公司', '华星贸易', 100],
    ['a name by its legal form shortened', '华星贸易有限公司', '华星贸易公司', 100],
    ['a name while its legal form is being typed', '华星贸易有限公司', '华星贸易有限', 100],
    ['the beginning of a name', '华星贸易有限公司', '华星', 80],
    ['a name without its place', '北京华星贸易有限公司', '华星贸易', 60],
    ['a name by its place and brand', '北京华星贸易有限公司', '北京华星', 80],
    ['a place without its rank in a name that has it', '北京市华星贸易有限公司', '北京华星', 55],
    ['a place with its rank in a name that has none', '北京华星贸易有限公司', '北京市华星', 55],
    ['a name around a place in brackets', '华星（上海）科技有限公司', '华星科技', 100],
    ['a place in brackets', '华星（上海）科技有限公司', '华星 上海', 55],
    ['brackets typed too', '华星（上海）科技有限公司', '华星（上海）科技', 55],
    ['the middle of a name', '华星贸易有限公司', '星贸', 40],
    ['one character within a name', '华星贸易有限公司', '贸', 40],
    ['the first character', '华星贸易有限公司', '华', 80],
    ['a given name', '李娜', '娜', 40],
    ['a given name of two characters', '李小龙', '小龙', 40],
    ['traditional characters', '北京华星', '北京華星', 100],
    ['what is stored in traditional characters', '北京華星', '北京华星', 100],
    ['full-width letters', 'Evergreen Trading', 'ｅｖｅｒｇｒｅｅｎ', 80],
    ['accents left off', 'Müller', 'muller', 100],
    ['accents put on', 'Muller', 'Müller', 100],
    ['one Latin letter', 'Evergreen Trading', 'e', 80],
    ['a second word', 'Evergreen Trading Ltd.', 'trad', 60],
    [
      'a name while its legal form is being typed, in English',
      'Evergreen Trading Co., Ltd.',
      'evergreen trading co',
      80,
    ],
    ['words run together', 'Evergreen Trading', 'evergreentr', 80],
    ['words torn apart', 'Facebook', 'face book', 100],
    ['two words in any order', 'Evergreen Trading', 'trading evergreen', 55],
    ['words of two scripts', 'IBM中国研究院', '研究 ibm', 35],
    ["o'brien without the apostrophe", "O'Brien", 'obrien', 100],
    ['the full pinyin', '华星贸易有限公司', 'huaxingmaoyi', 28],
    ['the beginning of the pinyin', '华星贸易有限公司', 'huaxing', 26],
    ['pinyin in syllables', '华星贸易有限公司', 'hua xing', 26],
    ['pinyin without the place', '北京华星贸易有限公司', 'huaxing', 22],
    ['pinyin of place and brand', '北京华星贸易有限公司', 'beijing huaxing', 26],
    ['initials', '华星贸易有限公司', 'hxmy', 24],
    ['the first initials', '华星贸易有限公司', 'hx', 20],
    ['initials in capitals', '华星贸易有限公司', 'HX', 20],
    ['initials without the place', '北京华星贸易有限公司', 'hx', 16],
    ['initials with the place', '北京华星贸易有限公司', 'bjhx', 20],
    ['a given name in pinyin', '李小龙', 'xiaolong', 22],
    ['given name and family name the English way round', '李小龙', 'xiaolong li', 28],
    ['a short name the English way round', '李娜', 'Na Li', 28],
    ['a name the English way round while it is being typed', '李小龙', 'xiao li', 26],
    ['both scripts in pinyin', 'IBM中国', 'ibm zhongguo', 28],
    ['traditional characters in pinyin', '北京華星', 'huaxing', 22],
    ['单 as a family name', '单雄信', 'shan', 26],
    ['仇 as a family name', '仇和', 'qiuhe', 28],
    ['曾 as a family name', '曾国藩', 'zgf', 24],
    ['曾 by who does not know', '曾国藩', 'ceng', 26],
    ['解 as a family name', '解晓东', 'xiexiaodong', 28],
    ['解 in a company', '解放汽车有限公司', 'jiefang', 26],
    ['查 as a family name', '查良镛', 'zha liangyong', 28],
    ['尉迟 as a family name', '尉迟恭', 'yuchi', 26],
    ['吕 typed with v', '吕布', 'lvbu', 28],
    ['吕 written with u', '吕布', 'lubu', 28],
    ['乐 either way', '乐嘉', 'lejia', 28],
    ['重 as the word says', '重庆长安汽车', 'chongqing', 26],
    ['行 as the word says', '招商银行', 'zhaoshangyinhang', 28],
    ['a whole e-mail', 'li.na@huaxing.cn', 'Li.Na@huaxing.cn', 90],
    ['the part before the @', 'li.na@huaxing.cn', 'li.na', 70],
    ['the beginning of an e-mail', 'li.na@huaxing.cn', 'li.n', 70],
    ['the domain of an e-mail', 'li.na@huaxing.cn', 'huaxing.cn', 50],
    ['the domain with its @', 'li.na@huaxing.cn', '@huaxing.cn', 50],
    ['an e-mail with an apostrophe', "o'brien@a.cn", "o'brien@a.cn", 90],
    ['a mobile number', '+8613912077502', '13912077502', 90],
    ['a mobile number as people write it', '+8613912077502', '139-1207 7502', 90],
    ['a mobile number with its country', '+8613912077502', '+86 139 1207 7502', 90],
    ['a mobile number with 00', '+8613912077502', '0086 13912077502', 90],
    ['a mobile number with 86', '+8613912077502', '8613912077502', 90],
    ['full-width digits', '+8613912077502', '１３９１２０７７５０２', 90],
    ['the beginning of a number', '+8613912077502', '1391207', 70],
    ['the beginning of a number with its country', '+8613912077502', '+86 139', 70],
    ['the last four digits', '+8613912077502', '7502', 30],
    ['the last four digits, of which the first is 0', '+8613912070502', '0502', 30],
    ['the last eight digits', '+8613912077502', '12077502', 30],
    ['a landline with its zero', '+861062345678', '010-62345678', 90],
    ['a landline in brackets', '+861062345678', '(010) 6234-5678', 90],
    ['a landline without its area', '+861062345678', '62345678', 30],
    ['a Hong Kong number', '+85291234567', '9123 4567', 90],
    ['a number in a name', '360安全科技', '360', 80],
  ])('%s: %s by %s', async (_what, told, typed, wanted) => {
    expect(await score(told, typed)).toBe(wanted)
  })
})

describe('a query does not find', () => {
  it.each([
    ['characters that do not stand together', '华星贸易有限公司', '华贸'],
    ['the legal form alone', '华星贸易有限公司', '有限公司'],
    ['the inside of a place', '北京华星贸易有限公司', '京华'],
    ['the inside of a Latin word', 'Evergreen', 'green'],
    ['the inside of a syllable', '华星', 'axing'],
    ['pinyin of other characters', '华星贸易', 'huaxin maoyi'],
    ['two words of which one is missing', 'Evergreen Trading', 'evergreen huaxing'],
    ['three last digits', '+8613912077502', '502'],
    ['the middle of a number', '+8613912077502', '1207'],
    ['another domain', 'li.na@huaxing.cn', 'xing.cn'],
    ['punctuation', '华星', '---'],
  ])('%s: %s by %s', async (_what, told, typed) => {
    expect(await score(told, typed)).toBe(0)
  })
})

it('a long query asks for 7 terms at most', () => {
  const query = parseQuery('a b c d e f g h i j k l')
  expect(query?.words).toHaveLength(6)
})
