/** A text that differs from record to record: nothing here makes two records duplicates of each other. */
type Word = string
type Email = (word: Word) => string
type Pair = (word: Word) => [stored: string, becomes: string]

/** E-mail addresses that look odd and are right: no rule may complain of them, no fix may touch them. */
export const validEmails: readonly Email[] = [
  word => `${word}@example.cn`,
  word => `a@${word}.cn`,
  word => `${word}@${word}.museum`,
  word => `${word}@${word}.photography`,
  word => `li.${word}+crm@${word}.com.cn`,
  word => `Li.Na.${word}@${word}.cn`,
  word => `${word.toUpperCase()}@163.com`,
  word => `o'brien.${word}@${word}.ie`,
  word => `first_last-${word}@mail.sub.${word}.co.uk`,
  word => `${word}@例子${word}.中国`,
  word => `${word}@xn--fsqu00a.xn--fiqs8s`,
  word => `张伟${word}@例子.中国`,
  word => `1${word.replace(/\D/g, '')}@139.com`,
  word => `${word}@360.cn`,
  word => `${word}!#$%&*/=?^_\`{|}~-@${word}.com`,
  word => `${word}${'x'.repeat(64 - word.length)}@${word}.com`,
  word => `${word}@a-b-c.${word}.technology`,
]

/** Addresses that nobody can be reached at, as versions before this one took them in. */
export const invalidEmails: readonly Email[] = [
  word => `not an e-mail ${word}`,
  word => `${word}`,
  word => `${word}@`,
  word => `@${word}.cn`,
  word => `${word}@localhost`,
  word => `${word}@@example.cn`,
  word => `${word} na@example.cn`,
  word => `${word}@exam ple.cn`,
  word => `li..${word}@example.cn`,
  word => `.${word}@example.cn`,
  word => `${word}.@example.cn`,
  word => `${word}@-example.cn`,
  word => `${word}@example-.cn`,
  word => `${word}@example..cn`,
  word => `${word}@exa_mple.cn`,
  word => `${word}@192.168.1.1`,
  word => `${word}@[192.168.1.1]`,
  word => `${word}@example.c`,
  word => `${word}@example.123`,
  word => `${word}#example.cn`,
  word => `${word}@公司`,
  word => `${word}@example.cn.`,
  word => `${word}@example.cn;${word}@example.com`,
  word => `a,${word}@example.cn`,
  word => `${word}<x>@example.cn`,
  word => `${word}${'y'.repeat(65 - word.length)}@example.cn`,
  word => `${word}@${'z'.repeat(64)}.cn`,
  word => `http://www.${word}.cn`,
  word => `无${word}`,
  word => `请联系前台${word}`,
]

/** Addresses written in a way that has one meaning, and how they are stored since. */
export const mendableEmails: readonly Pair[] = [
  word => [` ${word}@example.cn`, `${word}@example.cn`],
  word => [`${word}@example.cn  `, `${word}@example.cn`],
  word => [`　${word}@example.cn`, `${word}@example.cn`],
  word => [`Li.Na.${word}@EXAMPLE.CN`, `Li.Na.${word}@example.cn`],
  word => [`${word}@Example.Com`, `${word}@example.com`],
  word => [`${word}＠example.cn`, `${word}@example.cn`],
  word => [`ｌｉｎａ${word}@example.cn`, `lina${word}@example.cn`],
  word => [`${word}@ｅｘａｍｐｌｅ.cn`, `${word}@example.cn`],
  word => [` ${word}@EXAMPLE.cn`, `${word}@example.cn`],
]

type PhoneParts = { value: string; entered: string; extension?: string }
/** Digits that differ from record to record. */
export type Digits = (count: number) => string
type Phone = (digits: Digits) => PhoneParts

/** Numbers that can be dialled, as the engine stores them. */
export const validPhones: readonly Phone[] = [
  digits => same(`+8613${digits(9)}`),
  digits => local(`+8618${digits(9)}`, text => text.slice(3)),
  digits => local(`+86153${digits(8)}`, text => `${text.slice(3, 6)} ${text.slice(6, 10)} ${text.slice(10)}`),
  digits => local(`+86106${digits(7)}`, text => `010-${text.slice(5)}`),
  digits => ({ ...local(`+86755888${digits(5)}`, text => `0755-${text.slice(6)}-801`), extension: '801' }),
  digits => ({ ...local(`+8621588${digits(5)}`, text => `021-${text.slice(5)}转6`), extension: '6' }),
  digits => local(`+86400${digits(7)}`, text => `400-${text.slice(6, 9)}-${text.slice(9)}`),
  digits => local(`+86800${digits(7)}`, text => text.slice(3)),
  digits => same(`+85221${digits(6)}`),
  digits => same(`+852912${digits(5)}`),
  digits => same(`+853287${digits(5)}`),
  digits => same(`+853668${digits(5)}`),
  digits => same(`+88622${digits(7)}`),
  digits => same(`+88691${digits(7)}`),
  digits => same(`+12122${digits(6)}`),
  digits => same(`+44207${digits(7)}`),
  digits => same(`+6591${digits(6)}`),
]

/** Short numbers of Chinese services: dialled as they are, with no form in E.164. */
export const serviceNumbers = ['95588', '10086', '12345'] as const

/** Texts that are no number, or one that no plan knows. */
export const invalidPhones: readonly ((digits: Digits) => string)[] = [
  digits => `1${digits(1)}`,
  () => '无',
  () => '-',
  () => '0',
  () => 'abc',
  () => '请拨打总机',
  () => '1-800-FLOWERS',
  () => '00000000000',
  () => '11111111111',
  digits => `12${digits(9)}`,
  digits => `139${digits(7)}`,
  digits => `139${digits(9)}`,
  digits => `62${digits(5)}`,
  digits => `+86139${digits(7)}`,
  digits => `+8612${digits(9)}`,
  digits => `+8621${digits(3)}`,
  digits => `010-${digits(4)}`,
  digits => `+85212${digits(1)}`,
  digits => `+8530${digits(7)}`,
  digits => `+1555${digits(4)}`,
  digits => `+999${digits(6)}`,
  digits => `139${digits(8)}/138${digits(8)}`,
  digits => `+86 139 ${digits(4)} ${digits(4)} 88`,
]

/** Numbers as people write them, each of one meaning only. */
export const mendablePhones: readonly ((digits: Digits) => PhoneParts)[] = [
  digits => written(`+8613${digits(9)}`, text => text.slice(3)),
  digits => written(`+8613${digits(9)}`, text => `${text.slice(3, 6)} ${text.slice(6, 10)} ${text.slice(10)}`),
  digits => written(`+8618${digits(9)}`, text => `${text.slice(3, 6)}-${text.slice(6, 10)}-${text.slice(10)}`),
  digits => written(`+86153${digits(8)}`, text => wide(text.slice(3))),
  digits => written(`+8613${digits(9)}`, text => `0086 ${text.slice(3)}`),
  digits => written(`+8613${digits(9)}`, text => `86-${text.slice(3)}`),
  digits => written(`+8613${digits(9)}`, text => ` ${text} `),
  digits => written(`+8613${digits(9)}`, text => `+86 ${text.slice(3, 6)} ${text.slice(6)}`),
  digits => written(`+86106${digits(7)}`, text => `010-${text.slice(5)}`),
  digits => written(`+86106${digits(7)}`, text => `(010) ${text.slice(5, 9)} ${text.slice(9)}`),
  digits => written(`+86106${digits(7)}`, text => `+86 (0)10 ${text.slice(5)}`),
  digits => written(`+86400${digits(7)}`, text => `400-${text.slice(6, 9)}-${text.slice(9)}`),
  digits => written(`+85221${digits(6)}`, text => `+852 ${text.slice(4, 8)} ${text.slice(8)}`),
  digits => written(`+12122${digits(6)}`, text => `+1 (212) ${text.slice(5, 8)}-${text.slice(8)}`),
  digits => ({ ...written(`+86755888${digits(5)}`, text => `0755-${text.slice(6)}-801`), extension: '801' }),
  digits => ({ ...written(`+8610588${digits(5)}`, text => `010-${text.slice(5)}转66`), extension: '66' }),
]

type Texts = readonly ((name: string) => string)[]

/** Names as they are right, spaces, brackets and signs of their own included: a careless clean-up would change them. */
export const rightNames: Texts = [
  name => name,
  name => `${name}（集团）有限公司`,
  name => `${name}（中国）`,
  name => `${name}  Sons & Co., Ltd.`,
  name => `Anna Maria van der ${name}`,
  name => `${name}·买买提`,
  name => `${name} Ⅲ`,
  name => `${name}①部`,
  name => `㈱${name}`,
  name => `${name}：二十四小时，全年无休`,
  name => `O’Brien & ${name} GmbH`,
]

/** Names with space around them, and names with letters and digits of double width. */
export const mendableNames: readonly ((
  name: string,
) => [stored: string, becomes: string, kind: 'trim' | 'normalizeWidth'])[] = [
  name => [` ${name}`, name, 'trim'],
  name => [`${name}   `, name, 'trim'],
  name => [`　${name}　`, name, 'trim'],
  name => [`\u00a0${name}`, name, 'trim'],
  name => [`\ufeff${name}`, name, 'trim'],
  name => [`${name}２０２６`, `${name}2026`, 'normalizeWidth'],
  name => [`ＡＢＣ${name}`, `ABC${name}`, 'normalizeWidth'],
  name => [`${name}（ＣＮ）`, `${name}（CN）`, 'normalizeWidth'],
]

function same(value: string): PhoneParts {
  return { value, entered: value }
}

function local(value: string, write: (e164: string) => string): PhoneParts {
  return { value, entered: write(value) }
}

/** Stored as it was written; `entered` is what a fix must make of it. */
function written(e164: string, write: (e164: string) => string): PhoneParts {
  return { value: write(e164), entered: e164 }
}

function wide(text: string): string {
  return text.replace(/[!-~]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
}
