import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from '#lib/search/judge.ts'
import type { SearchText } from '#lib/search/keys.ts'
import { openPinyin } from '#lib/search/pinyin.ts'
import { lookUps, parseQuery, type Term } from '#lib/search/query.ts'
import { tokensOf } from '#lib/search/tokens.ts'

// What search promises, checked by names that are put together from parts: what must find them is known without asking the code.

/** Characters with their pinyin and traditional form, as a person knows them. */
const characters = new Map(
  (
    '华 hua 華;星 xing 星;瑞 rui 瑞;恒 heng 恆;盛 sheng 盛;远 yuan 遠;博 bo 博;龙 long 龍;东 dong 東;飞 fei 飛;' +
    '云 yun 雲;锦 jin 錦;贸 mao 貿;易 yi 易;机 ji 機;械 xie 械;医 yi 醫;药 yao 藥;电 dian 電;子 zi 子;科 ke 科;技 ji 技'
  )
    .split(';')
    .map(line => line.split(' '))
    .map(([simplified = '', pinyin = '', traditional = '']) => [simplified, { pinyin, traditional }]),
)
const brandCharacters = [...characters.keys()].slice(0, 12)
const trades = ['贸易', '机械', '医药', '电子', '科技']
const places = [
  ['北京', 'beijing'],
  ['上海', 'shanghai'],
  ['杭州', 'hangzhou'],
  ['四川', 'sichuan'],
] as const
const forms = ['有限公司', '股份有限公司', '集团有限公司', '有限责任公司']
const latinWords = ['evergreen', 'pacific', 'trading', 'north', 'bright', 'consulting', 'metal', 'o’neil', 'café']

const chineseName = fc.record({
  place: fc.option(fc.constantFrom(...places)),
  isPlaceInBrackets: fc.boolean(),
  brand: fc.array(fc.constantFrom(...brandCharacters), { minLength: 2, maxLength: 4 }).map(list => list.join('')),
  trade: fc.constantFrom(...trades),
  form: fc.constantFrom(...forms),
})
type ChineseName = typeof chineseName extends fc.Arbitrary<infer T> ? T : never
const latinName = fc.uniqueArray(fc.constantFrom(...latinWords), { minLength: 1, maxLength: 4 })
const mobile = fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }).map(String)

const read = await openPinyin()

function fullName({ place, isPlaceInBrackets, brand, trade, form }: ChineseName): string {
  if (!place) return brand + trade + form
  return isPlaceInBrackets ? `${brand}（${place[0]}）${trade}${form}` : place[0] + brand + trade + form
}

const traditional = (text: string) => [...text].map(c => characters.get(c)?.traditional ?? c).join('')
const syllables = (text: string) => [...text].map(c => characters.get(c)?.pinyin ?? c)
const initials = (text: string) => syllables(text).map(syllable => syllable.slice(0, 1))

/** Every query that must find the name. */
function promisedFor(name: ChineseName): string[] {
  const core = name.brand + name.trade
  const pairs = [...core].slice(0, -1).map((c, i) => c + [...core][i + 1])
  const said = syllables(core)
  const withPlace = name.place && !name.isPlaceInBrackets ? name.place : undefined
  return [
    fullName(name),
    name.brand,
    core,
    ...pairs,
    ...pairs.map(traditional),
    traditional(fullName(name)),
    ...[...core].slice(0, -1),
    ...said.map((_, i) => said.slice(0, i + 1).join('')),
    said.slice(0, 2).join(' '),
    initials(core).join(''),
    initials(core).slice(0, 2).join('').toUpperCase(),
    ...(name.place ? [`${name.brand} ${name.place[0]}`] : []),
    ...(withPlace ? [withPlace[0] + name.brand, `${withPlace[1]} ${said.join('')}`] : []),
  ]
}

type Tokenizer = (texts: readonly SearchText[]) => Promise<string[]>

/** Queries that the tokens do not lead to, or that the record is then not found good by. */
async function missedBy(tokenize: Tokenizer, text: SearchText, queries: readonly string[]): Promise<string[]> {
  const tokens = await tokenize([text])
  return queries.filter(typed => {
    const query = parseQuery(typed)
    const leads = (term: Term) => lookUps(term).some(start => tokens.some(token => token.startsWith(start)))
    const isLed = query && (leads(query.whole) || (query.words.length > 0 && query.words.every(leads)))
    return !isLed || !judge(query, [text], { titleField: 'name', read })
  })
}

const nameText = (text: string): SearchText => ({ field: 'name', kind: 'name', text })
const phoneText = (text: string): SearchText => ({ field: 'phones', kind: 'phone', text })

describe('every name is found', () => {
  it('in Chinese: by any two neighbours, in both scripts, by pinyin and initials, with and without its place', async () => {
    await fc.assert(
      fc.asyncProperty(chineseName, async name => {
        expect(await missedBy(tokensOf, nameText(fullName(name)), promisedFor(name)), fullName(name)).toEqual([])
      }),
    )
  })

  it('in Latin letters: by any word and the beginning of any word, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(latinName, async words => {
        const queries = [...words, words.toReversed().join(' '), ...words.map(word => word.slice(0, 3).toUpperCase())]
        expect(await missedBy(tokensOf, nameText(`${words.join(' ')} Ltd.`), queries)).toEqual([])
      }),
    )
  })

  it('and every phone number: by any beginning from three digits and any end from four', async () => {
    await fc.assert(
      fc.asyncProperty(mobile, async number => {
        const begins = Array.from({ length: 9 }, (_, i) => number.slice(0, i + 3))
        const ends = Array.from({ length: 8 }, (_, i) => number.slice(-i - 4))
        const queries = [...begins, ...ends, `+86 ${number}`, `86${number}`]
        expect(await missedBy(tokensOf, phoneText(`+86${number}`), queries)).toEqual([])
      }),
    )
  })

  it.each<[string, Tokenizer]>([
    [
      'the last start of a name',
      async texts => (await tokensOf(texts)).filter(token => !/^\p{Script=Han}{2}有/u.test(token)),
    ],
    ['initials', async texts => (await tokensOf(texts)).filter(token => !/^[a-z]{4,6}$/.test(token))],
    ['simplified characters', async texts => (await tokensOf(texts)).map(traditional)],
    [
      'all but the start of the pinyin',
      async texts => (await tokensOf(texts)).map(token => token.replace(/^([a-z]{8})[a-z]+/, '$1')),
    ],
    ['all but 3 tokens', async texts => (await tokensOf(texts)).slice(0, 3)],
  ])('(planted bug) a tokenizer without %s is caught', async (_what, broken) => {
    const details = await fc.check(
      fc.asyncProperty(chineseName, async name => {
        const missed = await missedBy(broken, nameText(fullName(name)), promisedFor(name))
        return missed.length === 0
      }),
    )
    expect(details.failed).toBe(true)
  })
})

/** Whether a name holds what was typed, the simplest way to tell: each word stands in it as written, as said, or by initials. */
function holds(name: string, typed: string): boolean {
  const plain = (text: string) =>
    [
      ...text
        .normalize('NFKC')
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{Mn}/gu, ''),
    ]
      .map(c => [...characters].find(([, { traditional: other }]) => other === c)?.[0] ?? c)
      .join('')
  const squeezed = (text: string) => plain(text).replace(/[^\p{L}\p{N}]/gu, '')
  const spellPlaces = (text: string) => places.reduce((said, [place, pinyin]) => said.replaceAll(place, pinyin), text)
  const spellPlaceInitials = (text: string) =>
    places.reduce((said, [place, pinyin]) => said.replaceAll(place, placeInitials(pinyin)), text)
  const told = squeezed(name)
  const ways = [told, syllables(spellPlaces(told)).join(''), initials(spellPlaceInitials(told)).join('')]
  // A place in brackets stands apart from the name around it.
  const around = [...ways, ...[name.replace(/（.*）/, '')].map(squeezed)].flatMap(way => [
    way,
    syllables(way).join(''),
    initials(way).join(''),
  ])
  const words = plain(typed).match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu) ?? []
  const bare = (text: string) => text.replace(/(集团|股份|有限|责任|公司)+$/u, '') || text
  const parts = words.flatMap(word => divided(bare(word)))
  return (
    around.some(way => way.includes(bare(squeezed(typed)))) ||
    parts.every(word => around.some(way => way.includes(word)))
  )
}

/** beijing -> bj */
const placeInitials = (pinyin: string) =>
  ({ beijing: 'bj', shanghai: 'sh', hangzhou: 'hz', sichuan: 'sc' })[pinyin] ?? pinyin

/** A place at the start is a word of its own. */
function divided(word: string): string[] {
  const place = places.find(([name]) => word.startsWith(name) && word.length > name.length)
  return place ? [place[0], word.slice(place[0].length)] : [word]
}

describe('nothing else is found', () => {
  const anyName = fc.oneof(
    chineseName.map(fullName),
    latinName.map(words => words.join(' ')),
  )
  const anyQuery = fc.oneof(
    chineseName.chain(name => fc.constantFrom(...promisedFor(name))),
    latinName.map(words => words.map(word => word.slice(0, 4)).join(' ')),
    fc.string({ unit: fc.constantFrom(...brandCharacters, 'h', 'x', 'e', ' ', '公', '北', '京'), maxLength: 5 }),
  )
  type Judge = typeof judge
  const isRight = (judging: Judge, name: string, typed: string) => {
    const query = parseQuery(typed)
    const isFound = query && judging(query, [nameText(name)], { titleField: 'name', read }) !== undefined
    return !isFound || holds(name, typed)
  }

  it('every hit holds what was typed: as written, as said, or by initials', () => {
    fc.assert(
      fc.property(anyName, anyQuery, (name, typed) => {
        expect(isRight(judge, name, typed), `${typed} found ${name}`).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each<[string, Judge]>([
    [
      'takes one word for all',
      (query, texts, options) =>
        judge({ ...query, words: query.words.slice(0, 1).concat(query.words.slice(0, 1)) }, texts, options),
    ],
    [
      'looks at the first character only',
      (query, texts, options) =>
        judge({ ...query, whole: { starts: query.whole.starts.map(start => start.slice(0, 1)) } }, texts, options),
    ],
    ['finds everything', () => ({ score: 100, fields: ['name'] })],
  ])('(planted bug) a judge that %s is caught', (_what, broken) => {
    const details = fc.check(
      fc.property(anyName, anyQuery, (name, typed) => isRight(broken, name, typed)),
      { numRuns: 5_000 },
    )
    expect(details.failed).toBe(true)
  })
})
