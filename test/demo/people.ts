import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'

/** A line of the file, as sales staff typed it. */
export type Person = Record<Column, string> & { line: number }

type Column = (typeof columns)[number]

const columns = [
  'rec_id',
  'name',
  'company',
  'title',
  'mobile',
  'phone',
  'email',
  'wechat',
  'province',
  'city',
  'address',
  'source',
  'created_at',
] as const

/** What a record is made from, and the line of the file to name when it is refused. */
export type Input = { line: number; label: string; record: Record<string, unknown> }

/** Labels of the source column as our select options have them; 名片扫描 (a scanned business card) has none of its own. */
const sources: Record<string, string> = {
  官网表单: 'website',
  电话: 'phone',
  转介绍: 'referral',
  展会: 'exhibition',
  地推: 'fieldSales',
  旧系统导入: 'legacyImport',
  名片扫描: 'other',
}

/** How somebody met through a source was first spoken to. */
const firstActivity: Record<string, string> = {
  官网表单: 'message',
  电话: 'call',
  转介绍: 'call',
  展会: 'meeting',
  地推: 'visit',
  旧系统导入: 'note',
  名片扫描: 'note',
}

/** Reads test/data/contacts.zh.csv. */
export function readPeople(): Person[] {
  const file = join(import.meta.dirname, '..', 'data', 'contacts.zh.csv')
  const rows = parse<Record<Column, string>>(readFileSync(file), { columns: true, bom: true })
  return rows.map((row, i) => ({ ...row, line: i + 2 }))
}

/** Each company once, as typed first, described by the first person who works there. */
export function toCustomers(people: readonly Person[], ownerOf: (company: string) => string): Input[] {
  const first = new Map<string, Person>()
  for (const person of people)
    if (companyOf(person) !== '' && !first.has(companyOf(person))) first.set(companyOf(person), person)
  return [...first].map(([name, person]) => ({
    line: person.line,
    label: name,
    record: {
      name,
      kind: 'company',
      source: sources[person.source],
      tags: [person.source],
      address: addressOf(person),
      ownerId: ownerOf(name),
      // Nobody has looked since: what is old enough becomes a task of the cleanup.
      lastVerifiedAt: person.created_at,
    },
  }))
}

/** A person as a contact of the customer that stands for the company. */
export function toContact(person: Person, customerId: string | undefined, ownerId: string): Input {
  const { rec_id, name, title, mobile, phone, email, wechat, source, line } = person
  const phones = [
    { value: mobile, label: 'mobile' },
    { value: phone, label: 'office' },
  ]
  const record = {
    name,
    ...(companyOf(person) && { companyName: companyOf(person) }),
    ...(customerId && { customerId }),
    ...(title && { title }),
    phones: phones.filter(({ value }) => value !== ''),
    emails: email ? [{ value: email }] : [],
    handles: wechat ? [{ service: 'wechat', value: wechat }] : [],
    source: sources[source],
    externalIds: [{ system: 'legacy', id: rec_id }],
    ownerId,
  }
  return { line, label: name, record }
}

/** The first meeting with a person, from the time and source noted in the file. */
export function toActivity(person: Person, about: { contactId: string; customerId: string | undefined }): Input {
  const { name, source, created_at, line } = person
  const record = {
    type: firstActivity[source] ?? 'note',
    subject: `首次接触（${source}）：${name}`,
    status: 'done',
    occurredAt: created_at,
    contactId: about.contactId,
    ...(about.customerId && { customerId: about.customerId }),
  }
  return { line, label: `${name} (activity)`, record }
}

/** The company that a person typed, without blanks around it. */
export function companyOf(person: Person): string {
  return person.company.trim()
}

/** The address in parts: what repeats the province and the city in front of the street is taken off. */
function addressOf({ province, city, address }: Person): Record<string, string> {
  const rest = withoutStart(withoutStart(address.trim(), province), city)
  const [, district, street = rest] = /^([^\d０-９路街道号]{1,9}?[区县旗區縣])(.+)$/u.exec(rest) ?? []
  return { country: 'CN', province, city, ...(district && { district }), ...(street && { street }) }
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text
}
