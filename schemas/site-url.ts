/** What is said of an address that links cannot begin with. */
export const siteHint = 'must be an https address without query, such as https://crm.example.com'

/** Whether links in mails can begin with an address. Plain http is for a person's own machine. */
export function isSiteUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username !== '' || url.password !== '' || /[?#]/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname))
}
