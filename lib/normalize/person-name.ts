import { isCompoundSurname } from '#lib/normalize/surnames.ts'
import { fold, squeeze, withoutAccents } from '#lib/normalize/text.ts'

/** A person's name taken apart: Chinese characters without spaces, or words of another script. */
export type PersonName = {
  han: string
  words: readonly string[]
  /** Only the family name is told: 李总, Mr Wang. */
  isFamilyOnly: boolean
}

const titleWords =
  '总经理|副总经理|总监|董事长|董事|总裁|副总|经理|主任|主管|工程师|高工|先生|女士|小姐|太太|夫人|老师|教授|博士|医生|大夫|律师|师傅|老板|老总|院长|校长|厂长|局长|处长|科长|部长|所长|站长|会计|秘书|助理|同学|书记|队长|店长|行长|阿姨|大哥|大姐'
const titleAtEnd = new RegExp(`(?:${titleWords})$`, 'u')
const titleAtStart = new RegExp(`^(?:${titleWords})`, 'u')
/** One character may also end a given name (李建工): it is a title after a family name, or after a whole name. */
const shortTitle = /^(.+)[总工董]$/u

const latinTitles = new Set(
  'mr mrs ms miss mx dr prof professor sir madam madame herr frau mme mlle sr sra ing mr-ms'.split(' '),
)
const latinEndings = new Set('jr sr ii iii iv phd md mba esq cpa'.split(' '))
/** Titles spelt in pinyin, after a family name. */
const pinyinTitles = new Set('xiansheng nvshi nushi xiaojie jingli laoshi zong gong zongjingli zhuren'.split(' '))

/** Takes a person's name apart: titles dropped, traditional characters simplified, `Wang,Li` and `WangLi` divided. */
export function parsePersonName(name: string): PersonName {
  const text = divideCapitals(name)
  const han = squeeze(fold(text).replace(/\(.*?\)/gu, '')).replace(/[^\p{Script=Han}]/gu, '')
  return han === '' ? parseWords(text) : parseHan(han)
}

/** Whether nothing is known of the name. */
export function isNameless(name: PersonName): boolean {
  return name.han === '' && name.words.length === 0
}

/** What two spellings of a full name share whatever their word order: its characters or letters, sorted. */
export function nameKey(name: PersonName): string | undefined {
  if (name.isFamilyOnly) return undefined
  if (name.han !== '') return [...name.han].length < 2 ? undefined : [...name.han].sort().join('')
  const letters = name.words.join('')
  return name.words.length < 2 ? undefined : [...letters].sort().join('')
}

function parseHan(han: string): PersonName {
  const untitled = han.replace(titleAtEnd, '').replace(titleAtStart, '')
  if (untitled === '') return { han: '', words: [], isFamilyOnly: false }
  if (untitled !== han) return namedBeforeTitle(untitled)
  const short = shortTitle.exec(han)?.[1] ?? /^[总工](\p{Script=Han})$/u.exec(han)?.[1]
  if (short && ([...short].length !== 2 || isCompoundSurname(short))) return namedBeforeTitle(short)
  const nick = /^[小老阿](\p{Script=Han})$/u.exec(han)?.[1]
  if (nick) return { han: nick, words: [], isFamilyOnly: true }
  return { han, words: [], isFamilyOnly: [...han].length === 1 }
}

function namedBeforeTitle(name: string): PersonName {
  return { han: name, words: [], isFamilyOnly: [...name].length === 1 || isCompoundSurname(name) }
}

function parseWords(text: string): PersonName {
  const all = withoutAccents(fold(text))
    .replace(/['’`´.-]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
  const isTitled = latinTitles.has(all[0] ?? '')
  const begun = isTitled && all.length > 1 ? all.slice(1) : all
  const words = begun.length > 1 && latinEndings.has(begun.at(-1) ?? '') ? begun.slice(0, -1) : begun
  if (words.length === 2 && pinyinTitles.has(words[1] ?? ''))
    return { han: '', words: words.slice(0, 1), isFamilyOnly: true }
  return { han: '', words, isFamilyOnly: isTitled && words.length === 1 }
}

/** `SunQini` is two words; `McDonald` and `LI` are one. */
function divideCapitals(text: string): string {
  return text.replace(/(?<=\b(?!Mc|Mac|De|La|Le|Van|Di|Du)[A-Z][a-z]+)(?=[A-Z][a-z]+)/g, ' ')
}
