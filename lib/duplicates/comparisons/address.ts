import { type Comparison, comparison } from '#lib/duplicates/comparisons/comparison.ts'
import { editLikeness, isSlip, likeness } from '#lib/duplicates/comparisons/likeness.ts'
import { parseStreet, type Street } from '#lib/normalize/address.ts'
import { regionAt } from '#lib/normalize/regions.ts'
import { fold, squeeze, withoutAccents } from '#lib/normalize/text.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'

type Area = { postalCode: string; city: string; province: string }

/** Compares streets and numbers. */
export function streetComparison(field: string): Comparison {
  return comparison<Street>({
    name: 'street',
    field,
    levels: ['exact', 'near', 'number', 'street', 'different'],
    parse(fields) {
      const text = part(fields[field], 'street')
      const street = text === '' ? undefined : parseStreet(text)
      return street && (street.words !== '' || street.numbers.length > 0) ? street : undefined
    },
    compare: (a, b) => compareStreets(a, b),
  })
}

/** Compares postal codes, cities and provinces. */
export function areaComparison(field: string): Comparison {
  return comparison<Area>({
    name: 'area',
    field,
    levels: ['exact', 'near', 'province', 'different'],
    parse: fields => areaOf(fields[field]),
    countedOf: fields => placeOf(part(fields[field], 'city')) || undefined,
    compare: compareAreas,
  })
}

function compareStreets(a: Street, b: Street): { level: string } {
  const numbers = a.numbers.join(' ') === b.numbers.join(' ')
  if (numbers && squeeze(a.words) === squeeze(b.words)) return { level: 'exact' }
  const words = wordLikeness(a.words, b.words)
  const shared = a.numbers.filter(number => b.numbers.includes(number))
  const isPart = a.numbers[0] === b.numbers[0] && Math.min(a.numbers.length, b.numbers.length) > 0
  if (words >= 0.85 && (numbers || isPart)) return { level: 'near' }
  if (shared.length > 0 && (words >= 0.6 || shared.length > 1)) return { level: 'number' }
  if (words >= 0.9 && a.numbers.some(x => b.numbers.some(y => isSlip(x, y)))) return { level: 'number' }
  return { level: words >= 0.9 ? 'street' : 'different' }
}

/** Likeness of the words; a street without its building, or with it, is the same street. */
function wordLikeness(a: string, b: string): number {
  const [first, second] = [squeeze(a), squeeze(b)]
  const [short, long] = first.length <= second.length ? [first, second] : [second, first]
  if (short.length >= 3 && long.startsWith(short)) return 0.95
  if (short.length >= 6 && long.includes(short)) return 0.9
  return Math.max(editLikeness(first, second), sortedLikeness(a, b))
}

function sortedLikeness(a: string, b: string): number {
  const [first, second] = [a, b].map(words => words.split(' ').sort().join(''))
  return editLikeness(first ?? '', second ?? '')
}

function areaOf(address: Json | undefined): Area | undefined {
  const area = {
    postalCode: squeeze(fold(part(address, 'postalCode'))),
    city: placeOf(part(address, 'city')),
    province: placeOf(part(address, 'province')),
  }
  return area.postalCode || area.city || area.province ? area : undefined
}

const places = new Map<string, string>()
/** 10,000 names of places are kept: there are few, and each stands in many records. */
const maxPlaces = 10_000

function placeOf(text: string): string {
  const known = places.get(text)
  if (known !== undefined) return known
  const folded = squeeze(withoutAccents(fold(text)))
  const place = regionAt(folded)?.place ?? folded
  if (places.size >= maxPlaces) places.clear()
  places.set(text, place)
  return place
}

function compareAreas(a: Area, b: Area): { level: string; value?: string } {
  const code = likenessOf(a.postalCode, b.postalCode, isSlip)
  const city = likenessOf(a.city, b.city, (x, y) => likeness(x, y) >= 0.9)
  const told = [code, city].filter(value => value !== undefined)
  if (told.length > 0 && told.every(value => value === 1))
    return a.city !== '' && a.city === b.city ? { level: 'exact', value: a.city } : { level: 'exact' }
  if (told.some(value => value > 0)) return { level: 'near' }
  return { level: a.province !== '' && a.province === b.province ? 'province' : 'different' }
}

function likenessOf(a: string, b: string, isNear: (a: string, b: string) => boolean): number | undefined {
  if (a === '' || b === '') return undefined
  if (a === b) return 1
  return isNear(a, b) ? 0.5 : 0
}

function part(address: Json | undefined, name: string): string {
  const text = isJsonObject(address) ? address[name] : undefined
  return typeof text === 'string' ? text : ''
}
