import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import { type Trial, tryStandards } from '#lib/settings/try-standards.ts'
import type { JsonObject } from '#schemas/json.ts'
import { defaultPolicy, type TenantPolicy } from '#schemas/settings.ts'
import {
  type Cast,
  contextOf,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  type Tables,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
const ids: string[] = []
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  const make = (object: string, input: JsonObject) =>
    createRecord(contextOf(tables, cast.admin), { object: objectNamed(object), input })
  for (let i = 0; i < 30; i++) {
    const industry = i % 3 === 0 ? {} : { industry: i % 3 === 1 ? 'retail' : 'energy' }
    ids.push((await make('customer', { name: `客户${i}`, ownerId: cast.rep.id, ...industry })).id)
  }
  for (let i = 0; i < 4; i++) await make('contact', { name: `联系人${i}`, birthday: '1990-01-01' })
})
afterAll(() => tables.stop())

const policy = (standards: TenantPolicy['standards']): TenantPolicy => ({ ...defaultPolicy, standards })
const attempt = (
  after: TenantPolicy['standards'],
  more: { before?: TenantPolicy['standards']; cursor?: string; ctx?: Context } = {},
) =>
  tryStandards(more.ctx ?? contextOf(tables, cast.admin), {
    before: policy(more.before ?? {}),
    after: policy(after),
    cursor: more.cursor,
  })
const counts = ({ breaks }: Trial) =>
  breaks.map(({ object, field, code, records, newly }) => `${object}.${field} ${code} ${records}/${newly}`).toSorted()

describe('A trial of entry standards', () => {
  it('counts every record that would break each rule, and names ten', async () => {
    const trial = await attempt({
      customer: { industry: { required: true, allowed: ['retail'] } },
      contact: { title: { required: true } },
    })
    expect(counts(trial)).toEqual([
      'contact.title required 4/4',
      'customer.industry not_allowed 10/10',
      'customer.industry required 10/10',
    ])
    expect(trial).toMatchObject({ checked: 34, isComplete: true })
    const examples = trial.breaks.flatMap(each => each.examples)
    expect(examples).toHaveLength(24)
    expect(ids).toEqual(
      expect.arrayContaining(
        trial.breaks.filter(({ object }) => object === 'customer').flatMap(each => each.examples.map(({ id }) => id)),
      ),
    )
    expect(examples.find(({ title }) => title === '客户0')).toMatchObject({
      detail: 'industry is required by the entry standards; give it a value.',
    })
  })

  it('tells apart those that break the standards in force already', async () => {
    const before = { customer: { industry: { required: true as const } } }
    const trial = await attempt({ customer: { industry: { required: true, allowed: ['energy'] } } }, { before })
    expect(counts(trial)).toEqual(['customer.industry not_allowed 10/10', 'customer.industry required 10/0'])
  })

  it('looks at nothing when no standard changes', async () => {
    const same = { customer: { industry: { required: true as const } } }
    expect(await attempt(same, { before: same })).toEqual({ checked: 0, breaks: [], isComplete: true })
    expect(await attempt({}, { before: same })).toEqual({ checked: 0, breaks: [], isComplete: true })
  })

  it('goes on where it stopped when it takes too long, and counts each record once', async () => {
    const standards = {
      customer: { industry: { required: true as const } },
      contact: { title: { required: true as const } },
    }
    // Each look at the clock is twenty seconds later: every page ends a trial.
    let now = 0
    const ctx = contextOf(tables, cast.admin, {
      clock: {
        now: () => {
          now += 20_000
          return new Date(now)
        },
      },
    })
    const trials: Trial[] = []
    for (let cursor: string | undefined, isComplete = false; !isComplete; ) {
      const trial = await attempt(standards, { ctx, ...(cursor && { cursor }) })
      trials.push(trial)
      cursor = trial.nextCursor
      isComplete = trial.isComplete
    }
    expect(trials.length).toBeGreaterThan(2)
    expect(trials.reduce((sum, { checked }) => sum + checked, 0)).toBe(34)
    const found = trials.flatMap(({ breaks }) => breaks).reduce((sum, { records }) => sum + records, 0)
    expect(found).toBe(14)
    const last = trials.at(-2)?.nextCursor ?? ''
    expect((await refusalOf(attempt({ contact: { title: { required: true } } }, { cursor: last }))).code).toBe(
      'invalid_cursor',
    )
  })

  it('counts for all, but names only records and values that the caller may see', async () => {
    const standards = {
      customer: { industry: { required: true as const } },
      contact: { birthday: { required: true as const } },
    }
    const asRep = await attempt(standards, { ctx: contextOf(tables, cast.outsider) })
    expect(asRep.breaks.map(({ records, examples }) => [records, examples])).toEqual([[10, []]])
    const hidden = await attempt({ customer: { taxId: { required: true } } }, { ctx: contextOf(tables, cast.service) })
    expect(hidden.breaks[0]?.examples[0]?.detail).toBe('taxId does not meet the standard.')
  })
})
