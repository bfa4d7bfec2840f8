import { beforeAll, describe, expect, it } from 'vitest'
import type { ReportItem } from '#lib/cleanup/items.ts'
import { evaluateQuality } from '#lib/quality/evaluate.ts'
import { safeFixes } from '#lib/quality/safe-fixes.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { type MadeSet, makeSet } from './cleanup-made.ts'
import { proveRules } from './cleanup-truth.ts'

const records = 10_000
const now = new Date('2026-11-22T02:00:00.000Z')
const objects: Record<string, ObjectDefinition> = { customer, contact }
let made: MadeSet
beforeAll(() => {
  made = makeSet({ records, seed: 20_261_122, now, ownerIds: ['user_1', 'user_2'] })
})

type Rules = { fixes: typeof safeFixes; quality: typeof evaluateQuality }
const rules: Rules = { fixes: safeFixes, quality: evaluateQuality }

/** What the rules make of all records, without a table. */
function applied({ fixes, quality }: Rules) {
  const items: ReportItem[] = []
  const stored = new Map<string, Record<string, unknown>>()
  for (const record of made.records) {
    const after = record.deletedAt === undefined ? fixed(record, fixes) : record
    stored.set(`R#${record.id} A`, { ...after, pk: `R#${record.id}`, sk: 'A' })
    const at = { now, policy: defaultPolicy, phoneRegion: 'CN' }
    if (record.deletedAt === undefined)
      for (const { rule, field, detail, fix } of quality(objectOf(record), after, at).findings)
        items.push({
          kind: 'finding',
          object: record.object,
          id: record.id,
          rule,
          ...(field && { field }),
          detail,
          fix,
        })
  }
  return { made, state: { items: stored }, items }
}

function fixed(record: StoredRecord, fixes: typeof safeFixes): StoredRecord {
  const made = fixes(objectOf(record), record, { ...defaultPolicy.cleanup.fixes, phoneRegion: 'CN' })
  if (made.length === 0) return record
  const changes = Object.fromEntries(made.map(({ field, to }) => [field, to]))
  return { ...record, version: record.version + 1, fields: { ...record.fields, ...changes } }
}

function objectOf({ object }: StoredRecord): ObjectDefinition {
  return objects[object] ?? contact
}

describe(`quality rules and safe fixes over ${records} made records`, () => {
  it('find all that is invalid, complain of nothing valid, mend what has one meaning, and change nothing else', () => {
    const proofs = proveRules(applied(rules))
    for (const { promise, of, wrong } of proofs)
      console.log(`${promise}: ${of}, ${wrong.length} wrong (seed ${made.seed})`)
    expect(proofs.flatMap(({ promise, wrong }) => wrong.slice(0, 20).map(line => `${promise}: ${line}`))).toEqual([])
  })

  it('make nothing more of what they have made', () => {
    const again = made.records.flatMap(record =>
      record.deletedAt === undefined
        ? safeFixes(objectOf(record), fixed(record, safeFixes), { ...defaultPolicy.cleanup.fixes, phoneRegion: 'CN' })
        : [],
    )
    expect(again).toEqual([])
  })

  it.each<[string, Partial<Rules>, string]>([
    [
      'a rule looks at the first entry only',
      {
        quality: (object, record, at) =>
          evaluateQuality(object, { ...record, fields: firstEntries(record.fields) }, at),
      },
      'every invalid e-mail and phone is found',
    ],
    [
      'numbers are taken for those of another country',
      {
        quality: (object, record, at) => evaluateQuality(object, { ...record, fields: cutNumbers(record.fields) }, at),
      },
      'no valid e-mail or phone is called invalid',
    ],
    [
      'a kind of fix is left out',
      { fixes: (object, record, allowed) => safeFixes(object, record, { ...allowed, phoneFormat: false }) },
      'what has one meaning is mended to it',
    ],
    [
      'names are folded with all of NFKC',
      {
        fixes: (_object, { fields }) => {
          const [from, to] = [String(fields['name']), String(fields['name']).normalize('NFKC')]
          return from === to ? [] : [{ kind: 'normalizeWidth', field: 'name', from, to }]
        },
      },
      'nothing that is valid or beyond mending is changed',
    ],
  ])('goes red when %s', (_bug, planted, promise) => {
    const proofs = proveRules(applied({ ...rules, ...planted }))
    expect(proofs.find(proof => proof.promise === promise)?.wrong.length).toBeGreaterThan(20)
  })
})

type Fields = StoredRecord['fields']

function firstEntries(fields: Fields): Fields {
  const [emails, phones] = [fields['emails'], fields['phones']]
  return {
    ...fields,
    ...(Array.isArray(emails) && { emails: emails.slice(0, 1) }),
    ...(Array.isArray(phones) && { phones: phones.slice(0, 1) }),
  }
}

function cutNumbers(fields: Fields): Fields {
  const phones = JSON.parse(JSON.stringify(fields['phones'] ?? []).replaceAll('"+852', '"+86'))
  return { ...fields, phones }
}
