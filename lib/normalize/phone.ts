/** What a number reaches: `desk` is a fixed line that colleagues share, `mobile` a person's own, `unknown` where the number does not tell. */
export type PhoneUse = 'mobile' | 'desk' | 'unknown'

/** The use of a number in E.164, told by China's numbering plan; other countries' numbers do not tell it. */
export function phoneUse(e164: string): PhoneUse {
  if (!e164.startsWith('+86')) return 'unknown'
  return /^\+861[3-9]\d{9}$/.test(e164) ? 'mobile' : 'desk'
}

/**
 * Numbers of China that can be dialled whether or not Google's numbering plans know them yet: mobiles of every segment the
 * ministry has given out (149 and 1740 among them), 13 digits for things, 106 for text messages, 400 and 800, and the 8
 * digits of cities with a two-digit area code.
 */
const chinesePlan =
  /^(?:1(?:[38]\d|4[5-9]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8}|1740[0-5]\d{6}|14[0148]\d{10}|106\d{9,12}|[48]00\d{7}|(?:10|2[0-57-9])[2-8]\d{7})$/

/**
 * Short numbers of China: emergency 110 119 120 122, carriers 10000 10010 10086, hotlines 12345 and 123xx, 95xxx of banks
 * and insurers, 96xxx of regions.
 */
const chineseService =
  /^(?:1(?:1[0279]|2[02])|100(?:0[01]|1[01568]|50|60|86|99)|11(?:18[35]|6114|8\d{3})|12(?:1(?:1[07]|2[12])|3\d\d|5[1389]\d)|95\d{3,6}|96\d{3,4})$/

/** Whether a number in E.164 is one of China's that is certain to be right. */
export function isInChinesePlan(e164: string): boolean {
  if (!e164.startsWith('+86')) return false
  const national = e164.slice(3)
  return chinesePlan.test(national) || chineseService.test(national)
}

/** Whether digits without a country code are one of China's short numbers. */
export function isChineseService(digits: string): boolean {
  return chineseService.test(digits)
}
