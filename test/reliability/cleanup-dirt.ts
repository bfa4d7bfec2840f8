import { derivedId } from '#lib/runtime/ids.ts'
import type { JsonObject } from '#schemas/json.ts'
import type { Draft } from './cleanup-made.ts'
import {
  type Digits,
  invalidEmails,
  invalidPhones,
  mendableEmails,
  mendableNames,
  mendablePhones,
  serviceNumbers,
  validEmails,
  validPhones,
} from './cleanup-values.ts'

const everywhere = [
  'invalidEmail',
  'invalidPhone',
  'markedEmail',
  'markedPhone',
  'mendableEmail',
  'mendablePhone',
  'mendableName',
  'repeatedEmail',
  'stale',
  'serviceNumber',
  'copy',
  'oldBin',
  'freshBin',
] as const

/** Kinds of dirt that a record of an object is made with. */
export const dirtKinds = {
  customer: [...everywhere, 'bareWebsite'],
  contact: [...everywhere, 'orphan'],
} as const
export type Dirt = (typeof dirtKinds)['customer' | 'contact'][number]

type Around = { now: Date; drafts: readonly Draft[] }

const dayMs = 86_400_000

/** Puts a kind of dirt on a record and notes what must come of it; may make a second record. */
export function soil(dirt: Dirt, draft: Draft, around: Around): Draft | undefined {
  draft.expected.dirt = dirt
  return soilers[dirt](draft, around)
}

type Soiler = (draft: Draft, around: Around) => Draft | undefined

const soilers: Record<Dirt, Soiler> = {
  invalidEmail: draft => plant(draft, 'emails', { stored: emailEntry(draft.random.pick(invalidEmails)(draft.word)) }),
  invalidPhone: draft =>
    plant(draft, 'phones', { stored: { value: draft.random.pick(invalidPhones)(otherDigits(draft)) } }),
  markedEmail: draft => {
    const value = draft.random.pick(validEmails)(`${draft.word}m`)
    return plant(draft, 'emails', { stored: { ...emailEntry(value), status: 'invalid' } })
  },
  markedPhone: draft => {
    const parts = draft.random.pick(validPhones)(otherDigits(draft))
    return plant(draft, 'phones', { stored: { ...parts, status: 'invalid' } })
  },
  mendableEmail: draft => {
    const [stored, becomes] = draft.random.pick(mendableEmails)(`${draft.word}m`)
    return plant(draft, 'emails', { stored: emailEntry(stored), becomes: emailEntry(becomes) })
  },
  mendablePhone: draft => {
    const { value, entered, ...rest } = draft.random.pick(mendablePhones)(otherDigits(draft))
    return plant(draft, 'phones', { stored: { value }, becomes: { ...rest, value: entered } })
  },
  mendableName: draft => {
    const [stored, becomes, kind] = draft.random.pick(mendableNames)(`${draft.word}华恒`)
    return mend(draft, 'name', { stored, becomes, kind })
  },
  bareWebsite: draft => {
    const host = `www.${draft.word}.example.cn`
    return mend(draft, 'website', { stored: host, becomes: `https://${host}`, kind: 'urlScheme' })
  },
  repeatedEmail: draft => {
    const [first] = listOf(draft, 'emails')
    const becomes = first ? [first] : []
    set(draft, 'emails', { stored: [...becomes, ...becomes.map(each => ({ ...each, primary: false }))], becomes })
    draft.expected.fixes.push('dropRepeated')
    return undefined
  },
  stale: (draft, { now }) => {
    const before = (days: number) => new Date(now.getTime() - days * dayMs).toISOString()
    const { verifyEvery: _every, lastVerifiedAt: _at, ...fields } = draft.record.fields
    const times = draft.random.pick<JsonObject>([
      {},
      { lastVerifiedAt: before(185) },
      { lastVerifiedAt: before(40), verifyEvery: 'P30D' },
    ])
    draft.record.fields = draft.expected.fields = { ...fields, ...times }
    draft.record.createdAt = draft.record.updatedAt = before(400)
    draft.expected.isStale = true
    return undefined
  },
  orphan: (draft, { drafts }) => {
    const gone = drafts.find(({ expected, record }) => expected.bin !== undefined && record.object === 'customer')
    const nobody = derivedId('cust', { at: new Date(draft.record.createdAt), seed: `nobody ${draft.word}` })
    const customerId = gone && draft.random.next() < 0.5 ? gone.record.id : nobody
    draft.record.fields = draft.expected.fields = { ...draft.record.fields, customerId }
    draft.expected.isOrphan = true
    return undefined
  },
  serviceNumber: draft => {
    const phones = [{ value: draft.random.pick(serviceNumbers), primary: true }]
    set(draft, 'phones', { stored: phones, becomes: phones })
    return undefined
  },
  copy: draft => {
    const { record, expected } = draft
    const id = derivedId(record.id.slice(0, 4), { at: new Date(record.createdAt), seed: `copy ${record.id}` })
    return { ...draft, record: { ...record, id }, expected: { ...expected, fields: record.fields, copyOf: record.id } }
  },
  oldBin: (draft, { now }) => bin(draft, now, { days: 61 + draft.random.below(300), becomes: 'purged' }),
  freshBin: (draft, { now }) => bin(draft, now, { days: 1 + draft.random.below(58), becomes: 'kept' }),
}

function bin(draft: Draft, now: Date, { days, becomes }: { days: number; becomes: 'purged' | 'kept' }): undefined {
  const deletedAt = new Date(now.getTime() - days * dayMs)
  const createdAt = new Date(deletedAt.getTime() - 30 * dayMs).toISOString()
  Object.assign(draft.record, { createdAt, updatedAt: deletedAt.toISOString(), deletedAt: deletedAt.toISOString() })
  draft.record.version = 2
  draft.expected.bin = becomes
}

type ListName = 'emails' | 'phones'
const rules = { emails: 'emailFormat', phones: 'phoneInvalid' }

/** Puts an entry into a list, before or after the one that is right. One that cannot be mended must be found. */
function plant(
  draft: Draft,
  field: ListName,
  { stored, becomes = stored }: { stored: JsonObject; becomes?: JsonObject },
): undefined {
  const others = listOf(draft, field)
  const at = draft.random.next()
  const placed = (entry: JsonObject) => {
    if (at < 0.4) return [{ ...entry, primary: true }]
    if (at < 0.7) return [...others, { ...entry, primary: false }]
    return [{ ...entry, primary: true }, ...others.map(other => ({ ...other, primary: false }))]
  }
  set(draft, field, { stored: placed(stored), becomes: placed(becomes) })
  if (stored === becomes) draft.expected.finds.push({ rule: rules[field], field })
  else draft.expected.fixes.push(field === 'emails' ? 'an e-mail fix' : 'phoneFormat')
}

function mend(
  draft: Draft,
  field: string,
  { stored, becomes, kind }: { stored: string; becomes: string; kind: string },
): undefined {
  set(draft, field, { stored, becomes })
  draft.expected.fixes.push(kind)
}

function set(
  draft: Draft,
  field: string,
  { stored, becomes }: { stored: JsonObject[] | string; becomes: JsonObject[] | string },
) {
  draft.expected.fields = { ...draft.record.fields, [field]: becomes }
  draft.record.fields = { ...draft.record.fields, [field]: stored }
}

function listOf({ record }: Draft, field: ListName): JsonObject[] {
  return record.fields[field] as JsonObject[]
}

/** The digits of a number that the record does not have yet. */
function otherDigits({ digits }: Draft): Digits {
  return count => String((Number(digits(count)) + 3_333_333) % 10 ** count).padStart(count, '0')
}

function emailEntry(value: string): JsonObject {
  return { value, status: 'unverified' }
}
