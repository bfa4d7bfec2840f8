import { describe, expect, it } from 'vitest'
import type { FieldOf } from '#schemas/definition.ts'
import { checkField, label } from './check-field.ts'

const date: FieldOf<'date'> = { type: 'date', label }
const dateTime: FieldOf<'dateTime'> = { type: 'dateTime', label }
const duration: FieldOf<'duration'> = { type: 'duration', label }

describe('date', () => {
  it.each(['2026-03-31', '2024-02-29', '2000-02-29', '1900-02-28', '9999-12-31'])('%s is a day', async value => {
    expect(await checkField(date, value)).toBe(value)
  })

  it.each([
    ['2023-02-29', 'invalid_format'],
    ['1900-02-29', 'invalid_format'],
    ['2026-04-31', 'invalid_format'],
    ['2026-13-01', 'invalid_format'],
    ['2026-00-10', 'invalid_format'],
    ['2026-3-1', 'invalid_format'],
    ['31.03.2026', 'invalid_format'],
    ['2026年3月31日', 'invalid_format'],
    ['2026-03-31T00:00:00Z', 'invalid_format'],
    [20260331, 'invalid_type'],
  ])('%s is none', async (value, code) => {
    expect(await checkField(date, value)).toBe(`/value ${code}`)
  })
})

describe('date and time', () => {
  it.each([
    ['2026-03-31T09:00:00Z', '2026-03-31T09:00:00.000Z'],
    ['2026-03-31T09:00:00+08:00', '2026-03-31T01:00:00.000Z'],
    ['2026-03-31T09:00:00-05:30', '2026-03-31T14:30:00.000Z'],
    ['2026-01-01T00:30:00+14:00', '2025-12-31T10:30:00.000Z'],
    ['2024-02-29T23:59:59.999Z', '2024-02-29T23:59:59.999Z'],
    ['2026-03-31T09:00:00.123456789Z', '2026-03-31T09:00:00.123Z'],
    ['2026-03-31t09:00:00z', '2026-03-31T09:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s is stored as UTC with milliseconds', async (value, stored) => {
    expect(await checkField(dateTime, value)).toBe(stored)
  })

  it.each([
    ['a word', 'tomorrow'],
    ['no offset', '2026-03-31T09:00:00'],
    ['no seconds', '2026-03-31T09:00Z'],
    ['a day that is none', '2026-02-30T00:00:00Z'],
    ['a leap day of a common year', '2023-02-29T00:00:00Z'],
    ['hour 24', '2026-03-31T24:00:00Z'],
    ['minute 60', '2026-03-31T23:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['an offset of 24 hours', '2026-03-31T09:00:00+24:00'],
    ['an offset of 99:99', '2026-03-31T09:00:00+99:99'],
    ['an offset without a colon', '2026-03-31T09:00:00+0800'],
    ['an offset of hours only', '2026-03-31T09:00:00+08'],
    ['a space before', ' 2026-03-31T09:00:00Z'],
    ['a space for the T', '2026-03-31 09:00:00Z'],
    ['a moment past the year 9999', '9999-12-31T23:59:59-23:59'],
    ['a moment before the year 1', '0001-01-01T00:00:00+23:59'],
    ['a year of five digits', '+010000-01-01T00:00:00Z'],
    ['a bare date', '2026-03-31'],
  ])('%s is refused', async (_what, value) => {
    expect(await checkField(dateTime, value)).toBe('/value invalid_time')
  })

  it('a number is refused', async () => {
    expect(await checkField(dateTime, 1_774_947_600_000)).toBe('/value invalid_type')
  })
})

describe('duration', () => {
  it.each(['P90D', 'P6M', 'P1Y', 'P2W', 'PT36H', 'P1Y2M3DT4H5M6S'])('%s is taken', async value => {
    expect(await checkField(duration, value)).toBe(value)
  })

  it.each([
    ['P', 'invalid_format'],
    ['PT', 'invalid_format'],
    ['90D', 'invalid_format'],
    ['90 days', 'invalid_format'],
    ['-P1D', 'invalid_format'],
    ['P1W2D', 'invalid_format'],
    ['P1.5D', 'invalid_format'],
    [`P${'9'.repeat(50)}D`, 'too_big'],
    [90, 'invalid_type'],
  ])('%s is refused', async (value, code) => {
    expect(await checkField(duration, value)).toBe(`/value ${code}`)
  })
})
