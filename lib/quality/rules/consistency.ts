import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max'
import { provinceNamed, provinceOfCity, provincesOfCode } from '#lib/quality/chinese-places.ts'
import { entriesOf, type Fault, faultless, fieldsOfType, type Judged } from '#lib/quality/rules/rule.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

type Found = Omit<Fault, 'share' | 'severity'>

/** Finds parts of a record that contradict each other: country and phones, postal code and province or city, city and province. */
export function inconsistent({ object, record }: Judged): readonly Fault[] {
  const found: Found[] = []
  for (const field of fieldsOfType(object, 'address')) {
    const address = record.fields[field]
    if (!isJsonObject(address)) continue
    for (const name of fieldsOfType(object, 'phones'))
      found.push(
        ...foreignPhones(textIn(address, 'country'), name, record.fields[name]).map(each => ({
          ...each,
          about: [field, name],
        })),
      )
    found.push(...wrongPlace(field, address))
  }
  return found.length === 0
    ? faultless
    : found.map(each => ({ ...each, severity: 'info', share: 1 / found.length }) as const)
}

/** Hong Kong, Macao and Taiwan are often written as CN; their firms have numbers of any of them. */
const greaterChina = ['86', '852', '853', '886']
/** Numbers of no country: freephone, satellites, international networks. */
const ofNoCountry = ['800', '808', '870', '878', '881', '882', '883', '888', '979']

/** Only where no number at all belongs to the country: people have numbers of several. */
function foreignPhones(country: string, field: string, phones: Json | undefined): Found[] {
  const numbers = entriesOf(phones).flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
  if (numbers.length === 0 || !isSupportedCountry(country) || !numbers.every(value => /^\+\d{6,}$/.test(value)))
    return []
  const code = String(getCountryCallingCode(country))
  const codes = [...(greaterChina.includes(code) ? greaterChina : [code]), ...ofNoCountry]
  if (numbers.some(value => codes.some(each => value.startsWith(each, 1)))) return []
  const detail = `The address is in ${country}, but no number of ${field} is.`
  return [{ field, detail, fix: `Check the country of the address and the country codes of ${field}.` }]
}

function wrongPlace(field: string, address: JsonObject): Found[] {
  const country = textIn(address, 'country')
  if (country !== '' && country !== 'CN') return []
  const province = provinceNamed(textIn(address, 'province'))
  const city = provinceOfCity(textIn(address, 'city'))
  const found: Found[] = []
  if (province && city?.isSure && city.province !== province) {
    const detail = `${field}: ${textIn(address, 'city')} is in ${city.province}, not in ${province}.`
    found.push({ field, detail, fix: `Correct the city or the province of ${field}.` })
  }
  const place = province ?? city?.province
  return place ? [...found, ...wrongCode(field, textIn(address, 'postalCode'), place)] : found
}

function wrongCode(field: string, entered: string, place: string): Found[] {
  const code = entered.normalize('NFKC').replace(/\s/g, '')
  if (code === '') return []
  if (!/^\d{6}$/.test(code)) {
    const detail = `${field}: postal codes of China have six digits.`
    return [{ field, detail, fix: `Correct the postal code of ${field}.` }]
  }
  const owners = provincesOfCode(code)
  if (owners.length === 0 || owners.includes(place)) return []
  const detail = `${field}: postal codes that begin with ${code.slice(0, 2)} belong to ${owners.join(' or ')}, not to ${place}.`
  return [{ field, detail, fix: `Correct the postal code or the place of ${field}.` }]
}

function textIn(address: JsonObject, part: string): string {
  const text = address[part]
  return typeof text === 'string' ? text.trim() : ''
}
