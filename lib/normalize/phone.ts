/** What a number reaches: `desk` is a fixed line that colleagues share, `mobile` a person's own, `unknown` where the number does not tell. */
export type PhoneUse = 'mobile' | 'desk' | 'unknown'

/** The use of a number in E.164, told by China's numbering plan; other countries' numbers do not tell it. */
export function phoneUse(e164: string): PhoneUse {
  if (!e164.startsWith('+86')) return 'unknown'
  return /^\+861[3-9]\d{9}$/.test(e164) ? 'mobile' : 'desk'
}
