import { valuesOf } from '#lib/records/fields/emails.ts'
import { entryKeyOf } from '#lib/records/fields/list.ts'
import { hostOf } from '#lib/records/fields/url.ts'
import type { FieldDefinition, matchKinds } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'

/** What a match key is made of. */
export type MatchKind = (typeof matchKinds)[number]

/** Mail services anybody uses: their domain says nothing about the company. */
const sharedMailDomains = new Set(
  'qq.com 163.com 126.com sina.com sina.cn sohu.com aliyun.com foxmail.com 139.com 189.cn gmail.com outlook.com hotmail.com live.com yahoo.com icloud.com proton.me'.split(
    ' ',
  ),
)

const makers: Record<MatchKind, (value: Json, field: FieldDefinition) => string[]> = {
  email: value => valuesOf(value).map(email => email.toLowerCase()),
  phone: value => valuesOf(value),
  taxId: value => [plain(String(value)).toUpperCase()],
  domain: value => (typeof value === 'string' ? [hostOf(value) ?? ''] : mailDomains(value)),
  name: value => [plain(String(value))],
  externalId: (value, field) => (Array.isArray(value) ? value.flatMap(entry => entryKey(entry, field)) : []),
}

/** Normalized values that find a record by this kind of key; near-duplicates share one. */
export function matchValues(kind: MatchKind, value: Json, field: FieldDefinition): string[] {
  return [...new Set(makers[kind](value, field).filter(text => text !== ''))]
}

/** Values of a unique field that no other record may hold. */
export function uniqueValues(value: Json, field: FieldDefinition): string[] {
  if (field.type === 'list') return Array.isArray(value) ? value.flatMap(entry => entryKey(entry, field)) : []
  return [String(value).normalize('NFKC').toLowerCase()]
}

function entryKey(entry: Json, field: FieldDefinition): string[] {
  const key = field.type === 'list' ? entryKeyOf(entry, field.entryKey) : undefined
  return key === undefined ? [] : [key]
}

function mailDomains(value: Json): string[] {
  return valuesOf(value)
    .map(email => email.slice(email.lastIndexOf('@') + 1).toLowerCase())
    .filter(domain => !sharedMailDomains.has(domain))
}

/** Lower case, full-width made plain, without spaces and punctuation. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]/gu, '')
}
