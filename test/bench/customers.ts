import type { Json } from '#schemas/json.ts'
import { createRandom, type Random } from './random.ts'

/** A customer as a client sends it. */
export type CustomerInput = {
  name: string
  taxId: string
  phones: { value: string; label: string }[]
  address: Record<string, string>
  [field: string]: Json
}

const cities = ['北京', '上海', '广州', '深圳', '杭州', '成都', '武汉', '西安', '青岛', '厦门']
const first = [...'华恒瑞嘉鼎盛宏远博文天海金龙东方新世纪永兴安泰中信合力明德启航云锦']
const second = [...'星源达通泽丰润康宁和顺昌隆茂业诚信义仁智勇胜利飞跃腾骏捷迅锐创']
const trades = ['科技', '贸易', '食品', '机械', '建材', '物流', '电子', '医药', '服装', '化工']
const industries = ['technology', 'wholesale', 'retail', 'manufacturing', 'construction', 'logistics', 'healthcare']
const sources = ['website', 'phone', 'referral', 'exhibition', 'fieldSales']
const tiers = ['A', 'B', 'C', 'D']
const taxDigits = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']

/**
 * Customers with real-looking names (city, brand, trade and legal form: few of 100,000 are called the same), a tax id, a phone and an address: a create of one is six stored items
 * (record, change, unique tax id; name, phone and tax id as match keys) and about seven search tokens.
 */
export function createCustomers(seed: number, ownerIds: readonly string[]): { next(): CustomerInput } {
  const random = createRandom(seed)
  let count = 0
  return { next: () => customer(random, ++count, ownerIds) }
}

function customer(random: Random, number: number, ownerIds: readonly string[]): CustomerInput {
  const city = random.pick(cities)
  const brand = `${random.pick(first)}${random.pick(second)}${random.pick(first)}`
  const name = `${city}${brand}${random.pick(trades)}有限公司`
  const body = Array.from({ length: 8 }, () => random.pick(taxDigits)).join('')
  return {
    name,
    taxId: `91${body}${number.toString(36).toUpperCase().padStart(8, '0')}`,
    kind: 'company',
    industry: random.pick(industries),
    source: random.pick(sources),
    tier: random.pick(tiers),
    phones: [{ value: `13${String(100_000_000 + random.below(899_999_999))}`, label: 'office' }],
    address: { country: 'CN', city, street: `${random.pick(first)}${random.pick(second)}路${random.below(900) + 1}号` },
    ownerId: random.pick(ownerIds),
  }
}
