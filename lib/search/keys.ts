import { squeeze } from '#lib/normalize/text.ts'
import { foldText, joined, type NameWord, nameOf, type SearchName, withoutForm } from '#lib/search/names.ts'

/** What a text is: decides how people search for it. */
export type TextKind = 'name' | 'email' | 'phone'

/** One text of a record, and the field it stands in. */
export type SearchText = { field: string; kind: TextKind; text: string }

/** A beginning under which a text is found: whoever types `text`, or the start of it, means the record. */
export type SearchKey = {
  text: string
  /** Where in the text it begins: at its start, at the start of a word, or within one. */
  at: 'start' | 'word' | 'part'
  by: 'text' | 'pinyin' | 'initials'
  /** All of what the text says: typed so, it is meant exactly. */
  whole?: string
}

/** 24 places of one text to begin at: enough for a long name, and bounds what one write costs. */
const maxStarts = 24
/** Country codes after which people leave off to type the number; of others the whole number is typed. */
const countryCode = /^(?:86|852|853|886|81|82|65|60|66|84|91|44|49|33|39|34|61|1|7)(?=\d{7,11}$)/

/** The beginnings of a text as it is written. */
export function textKeys({ kind, text }: SearchText): SearchKey[] {
  if (kind === 'phone') return phoneKeys(text)
  return kind === 'email' ? emailKeys(foldText(text)) : nameKeys(nameOf(text))
}

/** A phone number by its beginning (`+`, national) and by its end (`-`, backwards): any end of it begins the latter. */
function phoneKeys(e164: string): SearchKey[] {
  const digits = e164.replace(/\D/g, '')
  if (digits === '') return []
  const national = digits.replace(countryCode, '')
  const backwards = [...digits].reverse().join('')
  return [
    { text: `+${national}`, at: 'start', by: 'text', whole: `+${national}` },
    { text: `-${backwards}`, at: 'part', by: 'text', whole: `-${backwards}` },
  ]
}

/** The part before the @ is how the whole begins: it needs no key of its own. */
function emailKeys(address: string): SearchKey[] {
  const whole = squeeze(address)
  const domain = squeeze(address.slice(address.lastIndexOf('@') + 1))
  return [
    { text: whole, at: 'start', by: 'text', whole },
    { text: domain, at: 'word', by: 'text' },
  ]
}

/**
 * Beginning at every word and every Chinese character but the last of three or more: so any two neighbours begin a key.
 * Within a place (京 of 北京) and in the legal form nothing begins.
 */
function nameKeys({ words, places }: SearchName): SearchKey[] {
  const keys: SearchKey[] = []
  const whole = joined(withoutForm(words))
  for (const [i, word] of words.entries()) {
    if (word.kind === 'form') continue
    const rest = joined(words.slice(i + 1))
    for (const [j, text] of endings(word).entries())
      keys.push({
        text: text + rest,
        at: j > 0 ? 'part' : i > 0 ? 'word' : 'start',
        by: 'text',
        ...(i + j === 0 && { whole }),
      })
  }
  const found = keys.slice(0, maxStarts)
  return [...found, ...places.map((text): SearchKey => ({ text, at: 'word', by: 'text' }))]
}

/** The word from each of its characters on, the last of three or more left out. */
function endings({ kind, text }: NameWord): string[] {
  if (kind !== 'han') return [text]
  const found: string[] = []
  let at = 0
  for (const character of text) {
    found.push(text.slice(at))
    at += character.length
  }
  return found.length > 2 ? found.slice(0, -1) : found
}
