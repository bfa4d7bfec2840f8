import type { RuleName } from '#lib/quality/types.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

/** A text in both languages of the product, as labels of objects are. */
export type Label = { en: string; zh: string }

/** The text in the language of the tenant. */
export function inLocale(label: Label, { locale }: Pick<TenantSettings, 'locale'>): string {
  return locale === 'zh-CN' ? label.zh : label.en
}

/** What is wrong, by rule, for people. */
export const ruleLabels: Readonly<Record<RuleName, Label>> = {
  completeness: { en: 'Incomplete', zh: '信息不完整' },
  emailFormat: { en: 'Invalid e-mail', zh: '邮箱无效' },
  emailDisposable: { en: 'Disposable e-mail', zh: '一次性邮箱' },
  emailDomain: { en: 'E-mail domain takes no mail', zh: '邮箱域名不可用' },
  phoneInvalid: { en: 'Invalid phone', zh: '电话无效' },
  freshness: { en: 'Not verified in time', zh: '逾期未核实' },
  uniqueness: { en: 'Possible duplicate', zh: '疑似重复' },
  consistency: { en: 'Contradictory', zh: '信息矛盾' },
  orphan: { en: 'Refers to nothing', zh: '关联记录不存在' },
  standard: { en: 'Against entry standard', zh: '不符合录入规范' },
}

/** What groups are called that stand for no single owner, source or month. */
export const groupLabels: Readonly<Record<'owner' | 'source' | 'month', Readonly<Record<string, Label>>>> = {
  owner: { none: { en: 'No owner', zh: '无负责人' }, other: { en: 'Other owners', zh: '其他负责人' } },
  source: { none: { en: 'No source', zh: '来源未填' }, other: { en: 'Other sources', zh: '其他来源' } },
  month: { earlier: { en: 'Earlier', zh: '更早' } },
}
