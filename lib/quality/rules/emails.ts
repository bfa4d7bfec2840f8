import { domainToASCII } from 'node:url'
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'
import { isMailService } from '#lib/normalize/email.ts'
import { entriesOf, type Fault, faultless, fieldsOfType, type Judged, whichEntries } from '#lib/quality/rules/rule.ts'
import { isEmail, tidyEmail } from '#lib/records/fields/emails.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

let disposable: ReadonlySet<string> | undefined

/** Finds entries that are no e-mail address, or that somebody marked invalid. One that only needs tidying is fine. */
export function malformedEmails(judged: Judged): readonly Fault[] {
  return findEntries(judged, field => ({
    isMeant: entry => !isAddress(entry['value']) || entry['status'] === 'invalid',
    describe: (which, entries) => ({
      field,
      severity: 'error',
      detail: entries.every(({ status }) => status === 'invalid')
        ? `${field}: ${which} marked invalid.`
        : `${field}: ${which} no e-mail address that mail can be sent to.`,
      fix: `Correct the address, or remove it from ${field}.`,
    }),
  }))
}

/** Finds addresses at services that give out mailboxes for some minutes. */
export function disposableEmails(judged: Judged): readonly Fault[] {
  if (judged.at.policy.quality.disposableEmails === 'ignore') return faultless
  return findEntries(judged, field => ({
    isMeant: entry => isDisposable(mailDomain(entry['value'])),
    describe: which => ({
      field,
      severity: 'warning',
      detail: `${field}: ${which} at a service of throw-away addresses.`,
      fix: 'Ask for an address that lasts.',
    }),
  }))
}

/** Finds addresses at domains that took no mail when they were looked up. */
export function deadDomains(judged: Judged): readonly Fault[] {
  const dead = judged.record.checked?.deadDomains ?? []
  if (dead.length === 0) return faultless
  return findEntries(judged, field => ({
    isMeant: entry => dead.includes(mailDomain(entry['value']) ?? ''),
    describe: which => ({
      field,
      severity: 'error',
      detail: `${field}: ${which} at a domain that takes no mail.`,
      fix: `Correct the address, or remove it from ${field}.`,
    }),
  }))
}

/** The domain of an address as the DNS knows it; undefined when the value is no address. */
export function mailDomain(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined
  if (isPlain(value)) return value.slice(value.indexOf('@') + 1)
  const address = tidyEmail(value)
  return isEmail(address) ? domainToASCII(address.slice(address.lastIndexOf('@') + 1)) : undefined
}

/** What nearly every address looks like: nothing to tidy. */
const plainAddress = /^[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,24}$/

function isAddress(value: Json | undefined): boolean {
  return typeof value === 'string' && (isPlain(value) || isEmail(tidyEmail(value)))
}

/** 64 characters keep every part within its bounds; `xn--` has rules of its own. Others take the long way. */
function isPlain(value: string): boolean {
  return value.length <= 64 && plainAddress.test(value)
}

/** The list errs where a service of millions is on it (21cn.com): those we know to last are none. */
function isDisposable(domain: string | undefined): boolean {
  disposable ??= disposableEmailBlocklistSet()
  return domain !== undefined && disposable.has(domain) && !isMailService(domain)
}

type Search = {
  isMeant(entry: JsonObject): boolean
  describe(which: string, entries: readonly JsonObject[]): Omit<Fault, 'share'>
}

/** One fault for each field with such entries. */
function findEntries({ object, record }: Judged, searchIn: (field: string) => Search): readonly Fault[] {
  const faults: Omit<Fault, 'share'>[] = []
  for (const field of fieldsOfType(object, 'emails')) {
    const { isMeant, describe } = searchIn(field)
    const entries = entriesOf(record.fields[field])
    const places = entries.flatMap((entry, i) => (isMeant(entry) ? [i] : []))
    if (places.length === 0) continue
    const verb = places.length > 1 ? 'are' : 'is'
    faults.push(
      describe(
        `${whichEntries(places)} ${verb}`,
        entries.filter((_, i) => places.includes(i)),
      ),
    )
  }
  return faults.length === 0 ? faultless : faults.map(fault => ({ ...fault, share: 1 / faults.length }))
}
