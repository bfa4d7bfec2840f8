/** What is said of an address that webhooks cannot go to. */
export const webhookHint = 'must be an https address without name and password, such as https://hooks.example.com/crm'

/** Whether webhooks may be told to go there; where it leads is looked at with each call. Plain http is for a person's own machine. */
export function isWebhookUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1')
}
