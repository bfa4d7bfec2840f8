import { derivedId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { createRandom, type Random } from '../bench/random.ts'
import { type Dirt, dirtKinds, soil } from './cleanup-dirt.ts'
import { rightNames, validEmails, validPhones } from './cleanup-values.ts'

/** What a cleanup must make of a record, and what it must say of it. */
export type Expected = {
  dirt: Dirt | 'none'
  /** The fields as they must be afterwards. */
  fields: JsonObject
  /** Findings that must be there: a rule and its field. */
  finds: { rule: string; field: string }[]
  /** Kinds of fix that must be told. */
  fixes: string[]
  isStale: boolean
  isOrphan: boolean
  /** The record it is a copy of. */
  copyOf?: string
  /** What becomes of it in the recycle bin. */
  bin?: 'purged' | 'kept'
}

/** Made customers and contacts with known dirt; the same seed makes the same. */
export type MadeSet = { seed: number; now: Date; records: StoredRecord[]; truth: Map<string, Expected> }

/** A record that is being made, and what is to come of it. */
export type Draft = {
  record: StoredRecord
  expected: Expected
  random: Random
  word: string
  digits: (n: number) => string
}

type Wish = { records: number; seed: number; now: Date; ownerIds: readonly string[]; dirtShare?: number }

const dayMs = 86_400_000
const families = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡']
const given = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉鹏飞红玲建国华玉英梅兰志海云峰宇晨浩然子轩']
const latin = ['Alice', 'John', 'Mary Ann', 'Jean-Luc', 'Priya', 'Tom', 'Ana Lucía']
const brands = [...'华龙云帆天宇恒信金鼎瑞丰博远盛泰鑫源中科佳美联创宏达东方海纳百川星辰启明']
const trades = ['科技', '贸易', '机械制造', '信息技术', '食品', '建筑工程', '物流', '文化传媒', '医疗器械', '环保设备']
const cities = ['北京', '上海', '深圳', '杭州', '成都', '武汉', '西安', '南京', '苏州', '青岛']
const sources = ['website', 'phone', 'referral', 'exhibition']

/** Makes a set: two of five records are customers, and `dirtShare` of all have one kind of dirt each, turn by turn. */
export function makeSet({ records: count, seed, now, ownerIds, dirtShare = 0.5 }: Wish): MadeSet {
  const random = createRandom(seed)
  const drafts: Draft[] = []
  const turns = { customer: 0, contact: 0 }
  while (drafts.length < count) {
    const draft = drafted(random, { seed, now, ownerIds, drafts })
    drafts.push(draft)
    if (random.next() >= dirtShare) continue
    const object = draft.record.object === 'customer' ? 'customer' : 'contact'
    const dirt = dirtKinds[object][turns[object]++ % dirtKinds[object].length] ?? 'stale'
    const more = soil(dirt, draft, { now, drafts })
    if (more && drafts.length < count) drafts.push(more)
  }
  return {
    seed,
    now,
    records: drafts.map(({ record }) => record),
    truth: new Map(drafts.map(({ record, expected }) => [record.id, expected])),
  }
}

type Around = { seed: number; now: Date; ownerIds: readonly string[]; drafts: readonly Draft[] }

function drafted(random: Random, { seed, now, ownerIds, drafts }: Around): Draft {
  const number = drafts.length
  const isCustomer = number % 5 < 2
  const at = new Date(now.getTime() - Math.floor((1 + random.next() * 499) * dayMs))
  const word = `r${number}`
  const digits = (length: number) => String((number * 7919 + seed * 101) % 10 ** length).padStart(length, '0')
  const by = ownerIds[0] ?? ''
  const fields: JsonObject = {
    ...(isCustomer ? company(random, number) : person(random, number, drafts)),
    emails: [email(random, word, true)],
    phones: phonesOf(random, digits),
    source: random.pick(sources),
    tags: ['made', random.pick(cities)],
    ownerId: ownerIds[number % ownerIds.length] ?? by,
    ...freshness(random, now),
  }
  const id = derivedId(isCustomer ? 'cust' : 'cont', { at, seed: `${seed}/${number}` })
  const time = at.toISOString()
  const object = isCustomer ? 'customer' : 'contact'
  const record = { id, object, version: 1, fields, createdAt: time, createdBy: by, updatedAt: time, updatedBy: by }
  const expected: Expected = { dirt: 'none', fields, finds: [], fixes: [], isStale: false, isOrphan: false }
  return { record, expected, random, word, digits }
}

/** Verified lately, or due at another time than the tenant's: neither is stale. */
function freshness(random: Random, now: Date): JsonObject {
  const before = (days: number) => new Date(now.getTime() - days * dayMs).toISOString()
  return random.pick([
    () => ({ lastVerifiedAt: before(10 + random.below(150)) }),
    () => ({ lastVerifiedAt: before(200 + random.below(150)), verifyEvery: 'P1Y' }),
    () => ({ lastVerifiedAt: before(random.below(25)), verifyEvery: 'P30D' }),
  ])()
}

function company(random: Random, number: number): JsonObject {
  const city = random.pick(cities)
  const name = random.pick(rightNames)(`${city}${lettersOf(number)}${random.pick(trades)}`)
  const website = `https://www.x${number}.example.cn/`
  return { name, kind: 'company', website, address: { country: 'CN', city: `${city}市`, street: `人民路${number}号` } }
}

function person(random: Random, number: number, drafts: readonly Draft[]): JsonObject {
  // Colleagues stand next to each other: none of them has the name of another.
  const own = [given[number % given.length], given[(number * 3) % given.length]]
  const name =
    random.next() < 0.3
      ? `${random.pick(latin)} ${surnameOf(number)}`
      : random.pick(families) + own.slice(0, 1 + random.below(2)).join('')
  const { record, expected } = drafts[drafts.length - (drafts.length % 5) + random.below(2)] ?? {}
  if (record?.object !== 'customer' || record.deletedAt !== undefined) return { name }
  return { name, companyName: expected?.fields['name'] ?? '', customerId: record.id }
}

/** A family name in Latin letters that no other number has. */
function surnameOf(number: number): string {
  const syllables = [...String(number * 7_919)].map(
    digit => `${'bdfgklmnrt'[Number(digit)]}${'aeiou'[Number(digit) % 5]}`,
  )
  const text = syllables.join('')
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** Four characters that no other number has. */
function lettersOf(number: number): string {
  const size = brands.length
  let rest = (number * 7_919) % size ** 4
  let text = ''
  for (let i = 0; i < 4; i++) {
    text += brands[rest % size]
    rest = Math.floor(rest / size)
  }
  return text
}

/** An e-mail as it is right. */
function email(random: Random, word: string, primary: boolean): JsonObject {
  return { value: random.pick(validEmails)(word), primary, status: 'unverified' }
}

function phonesOf(random: Random, digits: (n: number) => string): Json {
  const first = random.below(validPhones.length)
  const both = random.next() < 0.4 ? [first, (first + 1) % validPhones.length] : [first]
  return both.flatMap((at, i) => {
    const parts = validPhones[at]?.(digits)
    return parts ? [{ ...parts, primary: i === 0, status: 'unverified' }] : []
  })
}
