import { fold } from '#lib/normalize/text.ts'

/** Mail services anybody uses: their domain says nothing about the company. */
const sharedMailDomains = new Set(
  (
    'qq.com vip.qq.com 163.com 126.com yeah.net 188.com sina.com sina.cn sohu.com tom.com aliyun.com foxmail.com 139.com 189.cn wo.cn 21cn.com ' +
    'gmail.com googlemail.com outlook.com hotmail.com live.com live.cn msn.com yahoo.com yahoo.co.jp yahoo.co.uk ymail.com icloud.com me.com mac.com ' +
    'proton.me protonmail.com aol.com gmx.com gmx.de gmx.net web.de mail.ru yandex.ru naver.com daum.net hanmail.net fastmail.com zoho.com mail.com'
  ).split(' '),
)

/** Mailboxes of a desk, not of a person, in English and pinyin. */
const deskMailboxes = new Set(
  (
    'info contact contacts hello hi office mail email post admin administrator webmaster postmaster sales sale marketing market support service services ' +
    'help helpdesk enquiries inquiries inquiry enquiry hr jobs career careers recruit recruitment finance accounting accounts billing invoice invoices ' +
    'purchase purchasing procurement orders order shop store team press media pr legal noreply no-reply reception general customerservice cs export import ' +
    'kefu caigou xiaoshou shichang caiwu renshi zhaopin hr xingzheng bangong bangongshi zongjingban gongsi shangwu fuwu yewu waimao'
  ).split(' '),
)

/** Services that ignore dots in the mailbox. */
const dotless = new Set(['gmail.com', 'googlemail.com'])

/** The mailbox an address reaches: lower case, without a `+tag`, Gmail's dots dropped. */
export function mailboxOf(email: string): string {
  const text = fold(email)
  const at = text.lastIndexOf('@')
  if (at < 1) return text
  const domain = text.slice(at + 1)
  const name = text.slice(0, at).replace(/(?<=.)\+.*$/, '')
  if (!dotless.has(domain)) return `${name}@${domain}`
  return `${name.replaceAll('.', '') || name}@gmail.com`
}

/** The part before the @, without dots, dashes and underscores: what a person carries from one domain to the next. */
export function mailNameOf(mailbox: string): string {
  return mailbox.slice(0, mailbox.lastIndexOf('@')).replace(/[._-]/g, '')
}

/** What an address shares with the same person's address at another domain, or with a slip in the domain; none of a desk. */
export function mailNameKey(mailbox: string): string | undefined {
  const name = mailNameOf(mailbox)
  return name.length < 5 || isDeskMailbox(mailbox) ? undefined : name
}

/** The domain of an address when it tells a company: not that of a mail service. */
export function companyDomainOf(email: string): string | undefined {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return domain === '' || sharedMailDomains.has(domain) ? undefined : domain
}

/** Whether anybody can have an address at the domain: a mail service known to last. */
export function isMailService(domain: string): boolean {
  return sharedMailDomains.has(domain)
}

/** Whether the mailbox belongs to a desk (info@, sales@, caigou@), not to a person. */
export function isDeskMailbox(mailbox: string): boolean {
  const name = mailbox.slice(0, mailbox.lastIndexOf('@'))
  return deskMailboxes.has(name.replace(/\d+$/, ''))
}
