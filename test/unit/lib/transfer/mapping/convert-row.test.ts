import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileObject } from '#lib/records/compile.ts'
import { parseInput } from '#lib/records/input.ts'
import { inspectCsv, readCsv } from '#lib/transfer/csv/read-csv.ts'
import { convertRow } from '#lib/transfer/mapping/convert-row.ts'
import { proposeMapping } from '#lib/transfer/mapping/propose-mapping.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { collect } from '../../../../support/chunks.ts'
import { convert, deal, tenant, value } from '../../../../support/convert-cells.ts'

describe('a cell', () => {
  it.each<[string, string]>([
    ['emails', '无'],
    ['phones', 'N/A'],
    ['phones', '-'],
    ['website', '暂无'],
    ['source', 'NULL'],
    ['name', '  '],
    ['name', 'null'],
    ['lastContactedAt', '/'],
  ])('of %s that says nothing (%s) is left out', (path, cell) => {
    expect(convert(customer, { [path]: cell })).toEqual({ input: {}, problems: [] })
  })

  it('of words may be a dash or 无: they may be meant', () => {
    expect(convert(customer, { name: '无' }).input).toEqual({ name: '无' })
  })

  it('with an error of the spreadsheet is a problem', () => {
    expect(value(customer, 'name', '#REF!')).toBe('spreadsheet_error')
  })

  it('that refers to a record or user keeps its text for the caller to look up', () => {
    const { input } = convert(contact, { customerId: 'erp:K-1042', ownerId: 'li.na@example.cn' })
    expect(input).toEqual({ customerId: 'erp:K-1042', ownerId: 'li.na@example.cn' })
  })

  it('of JSON is read as that', () => {
    expect(value(deal, 'extra', '{"a":[1]}')).toEqual({ a: [1] })
    expect(value(deal, 'extra', '{a}')).toBe('invalid_json')
  })

  it('of a column left out, or not in the mapping, is left alone', () => {
    const row = { row: 1, line: 2, cells: ['a', 'b', 'c'] }
    expect(convertRow(customer, { x: 'name', y: '' }, ['x', 'y', 'constructor'], row, tenant)).toEqual({
      input: { name: 'a' },
      problems: [],
    })
  })

  it('that is long is shortened in its problem', () => {
    const { problems } = convert(deal, { size: 'x'.repeat(5000) })
    expect(problems[0]?.detail.length).toBeLessThan(120)
  })

  it('of any text at all gives a value or a problem, for every kind of field', () => {
    const paths = ['size', 'amount', 'isWon', 'closesOn', 'closesOn.excel', 'calledAt', 'extra', 'topics']
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\d/:年月日.,E+ -]{1,16}$/))
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, (path, cell) => {
        const { input, problems } = convert(deal, { [path]: cell })
        expect(Object.keys(input).length + problems.length).toBeLessThanOrEqual(1)
      }),
      { seed: 42, numRuns: 1000 },
    )
  })
})

describe('contacts.zh.csv', () => {
  it.each([
    ['contacts', contact],
    ['customers', customer],
  ])('becomes %s that the engine takes, but for numbers that are none', async (_what, object) => {
    const file = join(import.meta.dirname, '../../../../data/contacts.zh.csv')
    const { format, sample } = await inspectCsv(createReadStream(file))
    const { mapping } = proposeMapping(object, format.header, sample)
    const compiled = compileObject(object, tenant)
    const rows = await collect(readCsv(createReadStream(file), format))
    const converted = rows.map(row => convertRow(object, mapping, format.header, row, tenant))
    expect(converted.flatMap(({ problems }) => problems)).toEqual([])
    // Every fifth: parsing 6,000 phone numbers takes seconds.
    const inputs = converted.flatMap(({ input }, i) => (i % 5 === 0 ? [input] : []))
    const codes = await Promise.all(inputs.map(input => codesOf(parseInput(compiled, input))))
    expect(codes.flat().filter(code => code !== 'invalid_phone' && code !== 'invalid_email')).toEqual([])
    expect(codes.filter(each => each.length === 0).length).toBeGreaterThan(0.95 * inputs.length)
  })
})

async function codesOf(work: Promise<unknown>): Promise<string[]> {
  const errors = await work.then(
    () => [],
    (error: { errors: { code: string }[] }) => error.errors,
  )
  return errors.map(error => error.code)
}
