import { isInChinesePlan } from '#lib/normalize/phone.ts'
import { parsePhone } from '#lib/quality/parse-phone.ts'
import { entriesOf, type Fault, faultless, fieldsOfType, type Judged, whichEntries } from '#lib/quality/rules/rule.ts'
import type { JsonObject } from '#schemas/json.ts'

/** Finds entries that no numbering plan knows, or that somebody marked invalid. One that only needs formatting is fine. */
export function invalidPhones({ object, record, at }: Judged): readonly Fault[] {
  const faults: Omit<Fault, 'share'>[] = []
  for (const field of fieldsOfType(object, 'phones')) {
    const entries = entriesOf(record.fields[field])
    const places = entries.flatMap((entry, i) => (isGood(entry, at.phoneRegion) ? [] : [i]))
    if (places.length === 0) continue
    const isMarked = places.every(i => entries[i]?.['status'] === 'invalid')
    const which = `${whichEntries(places)} ${places.length > 1 ? 'are' : 'is'}`
    const wrong = isMarked ? 'marked invalid' : 'no number that can be dialled'
    const fix = `Correct the number, with its area or country code, or remove it from ${field}.`
    faults.push({ field, severity: 'error', detail: `${field}: ${which} ${wrong}.`, fix })
  }
  return faults.length === 0 ? faultless : faults.map(fault => ({ ...fault, share: 1 / faults.length }))
}

/** A number that a person found to answer is only asked to have a number's shape: numbering plans lag behind. */
function isGood({ value, status }: JsonObject, region: string): boolean {
  if (status === 'invalid' || typeof value !== 'string') return false
  if (isInChinesePlan(value)) return true
  const { isValid, isPossible } = parsePhone(value, region)
  return status === 'valid' ? isPossible : isValid
}
