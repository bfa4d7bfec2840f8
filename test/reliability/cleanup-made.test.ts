import { beforeAll, describe, expect, it } from 'vitest'
import { emails } from '#lib/records/fields/emails.ts'
import { phones } from '#lib/records/fields/phones.ts'
import type { JsonObject } from '#schemas/json.ts'
import { makeSet } from './cleanup-made.ts'
import {
  invalidEmails,
  invalidPhones,
  mendableEmails,
  mendablePhones,
  validEmails,
  validPhones,
} from './cleanup-values.ts'

const settings = { phoneRegion: 'CN', currency: 'CNY' }
const label = { en: '', zh: '' }
const schemas = {
  emails: emails.schema({ type: 'emails', label }, settings),
  phones: phones.schema({ type: 'phones', label }, settings),
}
beforeAll(() => phones.prepare?.())

const words = ['r7', 'r100', 'r9999', 'r123456']
const digitsOf = (word: string) => (count: number) =>
  String((Number(word.slice(1)) * 7919) % 10 ** count).padStart(count, '0')

/** What the engine stores of an entry; its code when it refuses it. */
function entered(field: 'emails' | 'phones', value: string): JsonObject {
  const { data, error } = schemas[field].safeParse([{ value }])
  if (error)
    return { code: error.issues.map(issue => ('params' in issue ? issue.params?.['code'] : issue.code)).join() }
  return (data as JsonObject[])[0] ?? {}
}

describe('the truth that cleanups are held to', () => {
  it.each(words)('has valid e-mails that the engine stores as they are (%s)', word => {
    for (const email of validEmails) expect(entered('emails', email(word))['value']).toBe(email(word))
  })

  it.each(words)('has invalid e-mails that the engine refuses (%s)', word => {
    for (const email of invalidEmails)
      expect(entered('emails', email(word)), email(word)).toEqual({ code: 'invalid_email' })
  })

  it.each(words)('has mendable e-mails that the engine stores as the truth says (%s)', word => {
    for (const email of mendableEmails) expect(entered('emails', email(word)[0])['value']).toBe(email(word)[1])
  })

  it.each(words)('has valid phones, stored as the engine stores what was entered (%s)', word => {
    for (const phone of validPhones) {
      const { entered: text, ...rest } = phone(digitsOf(word))
      expect(entered('phones', text), text).toMatchObject({ ...rest, status: 'unverified' })
    }
  })

  it.each(words)('has mendable phones that mean one number (%s)', word => {
    for (const phone of mendablePhones) {
      const { value, entered: e164, ...rest } = phone(digitsOf(word))
      expect(entered('phones', value), value).toMatchObject({ ...rest, value: e164, status: 'unverified' })
    }
  })

  it.each(words)('has invalid phones that the engine refuses or stores as invalid (%s)', word => {
    for (const phone of invalidPhones) {
      const { code, status } = entered('phones', phone(digitsOf(word)))
      expect(code ?? status, phone(digitsOf(word))).toMatch(/^invalid/)
    }
  })

  it('is the same for the same seed, with every kind of dirt', () => {
    const wish = { records: 600, seed: 5, now: new Date('2026-11-22T02:00:00Z'), ownerIds: ['user_1', 'user_2'] }
    const [first, second] = [makeSet(wish), makeSet(wish)]
    expect(first).toEqual(second)
    expect(first.records).toHaveLength(600)
    expect(new Set([...first.truth.values()].map(({ dirt }) => dirt)).size).toBe(16)
    expect(new Set(first.records.map(({ id }) => id)).size).toBe(600)
  })
})
