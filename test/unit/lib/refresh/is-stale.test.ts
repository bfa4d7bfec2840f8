import { describe, expect, it } from 'vitest'
import { addDuration, parseDuration } from '#lib/refresh/duration.ts'
import { isStale, verificationDue } from '#lib/refresh/is-stale.ts'
import type { JsonObject } from '#schemas/json.ts'
import { activity } from '#schemas/objects/activity.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { defaultPolicy } from '#schemas/settings.ts'

const createdAt = '2026-01-01T00:00:00.000Z'
const policy = defaultPolicy
const due = (fields: JsonObject, object = customer) =>
  verificationDue(object, { fields, createdAt }, policy)?.toISOString()

describe('a record is due for verification', () => {
  it.each<[string, JsonObject, string | undefined]>([
    ['the policy’s 180 days after its creation', {}, '2026-06-30T00:00:00.000Z'],
    [
      '180 days after its last verification',
      { lastVerifiedAt: '2026-03-01T08:00:00.000Z' },
      '2026-08-28T08:00:00.000Z',
    ],
    ['after its own span of days', { verifyEvery: 'P90D' }, '2026-04-01T00:00:00.000Z'],
    [
      'after its own span of months, the last day of a short one',
      { verifyEvery: 'P1M', lastVerifiedAt: '2026-01-31T12:00:00.000Z' },
      '2026-02-28T12:00:00.000Z',
    ],
    [
      'after a leap year of its own',
      { verifyEvery: 'P1Y', lastVerifiedAt: '2028-02-29T00:00:00.000Z' },
      '2029-02-28T00:00:00.000Z',
    ],
    ['after weeks', { verifyEvery: 'P2W' }, '2026-01-15T00:00:00.000Z'],
    ['after hours and minutes', { verifyEvery: 'PT36H30M' }, '2026-01-02T12:30:00.000Z'],
    ['never when its span is nothing: it would be due for ever', { verifyEvery: 'P0D' }, undefined],
    ['never when its span is none', { verifyEvery: 'soon' }, undefined],
    ['never when its span leads beyond the calendar', { verifyEvery: 'P999999Y' }, undefined],
  ])('%s', (_when, fields, expected) => {
    expect(due(fields)).toBe(expected)
  })

  it('contacts as well as customers', () => {
    expect(due({}, contact)).toBe('2026-06-30T00:00:00.000Z')
  })

  it('activities never: nobody verifies those', () => {
    expect(due({}, activity)).toBeUndefined()
  })

  it('only objects that the policy names, unless a record says so itself', () => {
    const silent = { quality: { verifyEveryDays: {} } }
    expect(verificationDue(customer, { fields: {}, createdAt }, silent)).toBeUndefined()
    expect(verificationDue(customer, { fields: { verifyEvery: 'P1D' }, createdAt }, silent)).toBeDefined()
  })
})

describe('a record is stale', () => {
  it.each([
    ['not a millisecond before it is due', '2026-06-29T23:59:59.999Z', false],
    ['from the moment on when it is due', '2026-06-30T00:00:00.000Z', true],
    ['ever after', '2036-01-01T00:00:00.000Z', true],
  ])('%s', (_when, now, expected) => {
    expect(isStale(customer, { fields: {}, createdAt }, { now: new Date(now), policy })).toBe(expected)
  })
})

describe('durations', () => {
  it.each(['', 'P', 'PT', '90D', 'P-1D', 'P1.5D', 'P0Y0M', 'P90D ', 'p90d'])('%j is none', text => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('with a fraction of a second count', () => {
    expect(parseDuration('PT0,5S')).toEqual({ months: 0, ms: 500 })
  })

  it('of many months keep the day where there is one', () => {
    const later = addDuration(new Date('2026-08-31T00:00:00Z'), { months: 18, ms: 0 })
    expect(later?.toISOString()).toBe('2028-02-29T00:00:00.000Z')
  })
})
