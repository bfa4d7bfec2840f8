import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'

/** A language in which users are told things, as user records and settings name it. */
export type Language = 'en' | 'zhCN'

/** A text in both languages. */
export type Label = { en: string; zh: string }

/** The language of a user: their own, else the tenant's. */
export function languageOf(
  { tenant }: Pick<Context, 'tenant'>,
  user: Pick<StoredRecord, 'fields'> | undefined,
): Language {
  const own = user?.fields['locale']
  if (own === 'en' || own === 'zhCN') return own
  return tenant.locale === 'zh-CN' ? 'zhCN' : 'en'
}

/** The text in a language. */
export function inLanguage(language: Language, { en, zh }: Label): string {
  return language === 'zhCN' ? zh : en
}
