import type { Actor } from '#lib/permissions/actor.ts'
import { plainName } from '#lib/refresh/task-texts.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

type Locale = TenantSettings['locale']
type Audited = { object: ObjectDefinition; record: StoredRecord; owner: Actor; month: string }

/** What an audit task says, in the tenant's language; personal data stays in the record. */
export function auditTexts(locale: Locale, audited: Audited): { subject: string; body: string } {
  const { object, record, owner, month } = audited
  const known = plainName(object, record)
  if (locale === 'zh-CN') {
    const label = object.label.zh
    return {
      subject: known ? `抽查${label}：${known}` : `抽查${label}`,
      body: `${chineseMonth(month)}质量抽查，负责人：${owner.name}。请核对该${label}的各项资料，并在抽查中记录结果：正确，或哪些字段有误。`,
    }
  }
  const label = object.label.en.toLowerCase()
  return {
    subject: known ? `Audit ${label}: ${known}` : `Audit ${label}`,
    body: `Audit of ${month}; owner: ${owner.name}. Check every value of this ${label} and record the result with the audit: correct, or which fields are wrong.`,
  }
}

/** What becomes of a task when the result is in. */
export function resultText(locale: Locale, object: ObjectDefinition, wrongFields: readonly string[]): string {
  const isChinese = locale === 'zh-CN'
  if (wrongFields.length === 0) return isChinese ? '正确' : 'Correct'
  const labels = wrongFields.map(name => {
    const label = object.fields[name]?.label
    return (isChinese ? label?.zh : label?.en) ?? name
  })
  const text = isChinese ? `有误：${labels.join('、')}` : `Wrong: ${labels.join(', ')}`
  // 500 characters is what an outcome holds.
  return text.slice(0, 500)
}

/** Why an audit has no sample. */
export function goneReviewerText(locale: Locale): string {
  return locale === 'zh-CN' ? '抽查人或发起人已离职，无法抽样。' : 'Its reviewer, or whoever asked for it, has left.'
}

function chineseMonth(month: string): string {
  return `${month.slice(0, 4)} 年 ${Number(month.slice(5))} 月`
}
