import { parseStreet, streetKey } from '#lib/normalize/address.ts'
import { companyBrand } from '#lib/normalize/company-name.ts'
import { mailboxOf, mailNameKey } from '#lib/normalize/email.ts'
import { nameKey, type PersonName, parsePersonName } from '#lib/normalize/person-name.ts'
import { soundOf } from '#lib/normalize/sound.ts'
import { fold, squeeze } from '#lib/normalize/text.ts'
import { valuesOf } from '#lib/records/fields/emails.ts'
import type { MatchKey } from '#lib/records/match-keys.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/** The fields that make keys together with a person's name; '' where the object has none. */
export type PersonFields = { person: string; employer: string; parent: string; mailName: string; place: string }

/** 3 e-mail addresses: the rest have keys of their own, and a write has room for 100. */
const maxMailNames = 3

/** Keys that a person's name makes together with other fields. */
export function personKeys(
  fields: JsonObject,
  { person, employer, parent, mailName, place }: PersonFields,
): MatchKey[] {
  const text = fields[person]
  if (person === '') return []
  const name = parsePersonName(textOf(text))
  const keys = employerKeys(name, fields[employer], fields[parent])
  return name.han !== '' ? keys : [...keys, ...letterKeys(name, fields[mailName], fields[place])]
}

/** A name alone is held by thousands; with the employer it is not, so such a key stays of use however many the records. */
function employerKeys(name: PersonName, employer: Json | undefined, parent: Json | undefined): MatchKey[] {
  const key = nameKey(name)
  const brand = typeof employer === 'string' ? companyBrand(employer) : String(parent ?? '')
  return key === undefined || brand === '' ? [] : [{ kind: 'employer', value: `${key} ${brand}` }]
}

/** Names in letters vary more than Chinese ones: found by sound and place, by street, and by what e-mails carry to another domain. */
function letterKeys({ words }: PersonName, emails: Json | undefined, area: Json | undefined): MatchKey[] {
  const first = valuesOf(emails ?? null).slice(0, maxMailNames)
  const keys: MatchKey[] = first.flatMap(email => {
    const value = mailNameKey(mailboxOf(email))
    return value === undefined ? [] : [{ kind: 'mailName', value }]
  })
  if (!isJsonObject(area)) return keys
  const place = squeeze(fold(textOf(area['postalCode']) || textOf(area['city'])))
  if (place !== '')
    for (const word of [words[0], words.at(-1)])
      if (word !== undefined) keys.push({ kind: 'place', value: `${place} ${soundOf(word)}` })
  const street = streetKey(parseStreet(textOf(area['street'])))
  return street === undefined ? keys : [...keys, { kind: 'address', value: street }]
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
