import { regionAt } from '#lib/normalize/regions.ts'
import { fold, hasHan, squeeze, withoutAccents } from '#lib/normalize/text.ts'

/** A street address taken apart: the numbers in their order, the words between them. */
export type Street = { numbers: readonly string[]; words: string; isHan: boolean }

/** Words of addresses and their short forms, in English. */
const shortForms: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'st street;str street;rd road;ave avenue;av avenue;blvd boulevard;blv boulevard;bl boulevard;boul boulevard;dr drive;ln lane;ct court;crt court;pl place;' +
    'plc place;sq square;hwy highway;pkwy parkway;pky parkway;cres crescent;cr crescent;cct circuit;cl close;tce terrace;ter terrace;terr terrace;pde parade;gr grove;gv grove;' +
    'apt apartment;ste suite;rm room;fl floor;flr floor;bldg building;n north;s south;e east;w west;ne northeast;nw northwest;se southeast;sw southwest;' +
    'mt mount;ft fort;ctr center;cntr center;centre center;rte route;xing crossing;expy expressway;1st first;2nd second;3rd third;4th fourth;5th fifth;6th sixth;7th seventh;8th eighth;9th ninth;10th tenth'
  )
    .split(';')
    .map(pair => pair.split(' ')),
)

const chineseDigits: Readonly<Record<string, string>> = {
  〇: '0',
  零: '0',
  一: '1',
  二: '2',
  三: '3',
  四: '4',
  五: '5',
  六: '6',
  七: '7',
  八: '8',
  九: '9',
}

/** Takes a street address apart: abbreviations written out, 号/室/# and places before the street dropped. */
export function parseStreet(text: string): Street {
  const folded = withoutAccents(fold(text))
  return hasHan(folded) ? hanStreet(folded) : latinStreet(folded)
}

const directions = /\b(?:north|south|east|west|northeast|northwest|southeast|southwest)\b/g

/** What two spellings of an address share: first number and first letters of the street. */
export function streetKey(street: Street): string | undefined {
  const [first] = street.numbers
  const letters = squeeze(street.words.replace(directions, ''))
  if (first === undefined || letters.length < 2) return undefined
  return street.isHan ? `${letters}${street.numbers.join(' ')}` : `${first} ${letters.slice(0, 4)}`
}

function hanStreet(folded: string): Street {
  let rest = squeeze(folded.replace(/[#＃]/gu, '号').replace(/(?<=\d)\s*[-–—~]\s*(?=\d)/gu, '号'))
  for (let region = regionAt(rest); region?.isSure && region.rest !== ''; region = regionAt(rest)) rest = region.rest
  rest = rest.replace(/^\p{Script=Han}{1,5}?[区县旗](?=\p{Script=Han}{2,}[路街道巷弄村镇])/u, '')
  const digits = rest.replace(/[〇零一二三四五六七八九]+(?=[号室楼层座栋幢弄巷单])/gu, run =>
    [...run].map(d => chineseDigits[d] ?? d).join(''),
  )
  const numbers = digits.match(/\d+/g) ?? []
  const words = digits.replace(/(?<=\d)(?:号院|号楼|号|室|房|楼|层|座|栋|幢|单元|弄|f|层楼)/gu, '').replace(/\d+/g, '')
  return { numbers, words, isHan: true }
}

function latinStreet(folded: string): Street {
  const words = folded
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
    .map(word => shortForms[word] ?? word)
  const numbers = words.filter(word => /^\d/.test(word))
  return { numbers, words: words.filter(word => !/^\d/.test(word)).join(' '), isHan: false }
}
