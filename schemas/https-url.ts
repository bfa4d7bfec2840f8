/** What is said of an address that webhooks cannot go to. */
export const webhookHint = 'must be an https address without name and password, such as https://hooks.example.com/crm'

/** What is said of an address that links cannot begin with. */
export const siteHint = 'must be an https address without query, such as https://crm.example.com'

/** Whether webhooks may be told to go there; where it leads is looked at with each call. */
export function isWebhookUrl(text: string): boolean {
  return isHttps(text, ['127.0.0.1'])
}

/** Whether links in mails can begin with an address. */
export function isSiteUrl(text: string): boolean {
  return isHttps(text, ['127.0.0.1', 'localhost']) && !/[?#]/.test(text)
}

/** Https without name and password. Plain http is for a person's own machine. */
function isHttps(text: string, ownHosts: readonly string[]): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && ownHosts.includes(url.hostname))
}
