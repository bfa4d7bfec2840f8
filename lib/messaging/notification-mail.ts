import { inLanguage, type Language } from '#lib/messaging/language.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** What a template can name. */
export type MailValues = { title: string; body: string; link: string; name: string; tenant: string }

type Template = { subject: string; text: string }

/** The product's own words, for a tenant that has none. */
const standing: Record<Language, Template> = {
  en: {
    subject: '{{title}}',
    text: 'Hello {{name}},\n\n{{title}}\n\n{{body}}\n\n{{link}}\n\nSent by the CRM of {{tenant}}. You find this in your inbox, too.',
  },
  zhCN: {
    subject: '{{title}}',
    text: '{{name}}，您好：\n\n{{title}}\n\n{{body}}\n\n{{link}}\n\n此邮件由 {{tenant}} 的 CRM 系统发送，您也可以在站内收件箱中查看。',
  },
}

/** A notification as mail, in the tenant's template for a language. */
export function notificationMail(
  values: MailValues,
  { templates, language }: { templates: TenantPolicy['notifications']['templates']; language: Language },
): { subject: string; text: string; html: string } {
  const { subject, text } = templates[language] ?? standing[language]
  // An empty link leaves an empty line, not a hole.
  const filled = fill(text, values).replace(/\n{3,}/g, '\n\n')
  return {
    subject: fill(subject, values),
    text: filled,
    html: asHtml(filled, inLanguage(language, { en: 'en', zh: 'zh-CN' })),
  }
}

function fill(template: string, values: MailValues): string {
  const known: Record<string, string> = values
  return template.replace(/\{\{ *([A-Za-z]+) *\}\}/g, (_, name: string) => known[name] ?? '')
}

/** Paragraph by paragraph; whatever people wrote stays text. */
function asHtml(text: string, lang: string): string {
  const paragraphs = text.split(/\n{2,}/).map(paragraph => `<p>${escaped(paragraph).replaceAll('\n', '<br>')}</p>`)
  return `<!doctype html><html lang="${lang}"><meta charset="utf-8"><body>${paragraphs.join('')}</body></html>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, sign => entities[sign] ?? sign)
}
