import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTables, type Tables } from '../support/table.ts'
import { logBugs, writeUnderDeaths } from './log-deaths.ts'

let tables: Tables

beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

describe('the access log', () => {
  it.each([1, 2, 3])('has every record in exactly one file, however its writer dies (seed %d)', async seed => {
    const { lost, twice, deaths } = await writeUnderDeaths(tables, { seed, records: 60 })
    expect({ lost, twice }).toEqual({ lost: 0, twice: 0 })
    expect(deaths).toBeGreaterThan(5)
  })

  it.each([
    ['unconditional', 'twice'],
    ['overwrites', 'lost'],
    ['acknowledgesAll', 'lost'],
  ] as const)('the proof sees the planted mistake %s: records %s', async (name, sign) => {
    const held = await writeUnderDeaths(tables, { seed: 100 + name.length, records: 60, bug: logBugs[name] })
    expect(held[sign]).toBeGreaterThan(0)
  })
})
