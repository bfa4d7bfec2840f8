/** 10 characters of at most 4 bytes make 56 of the 75 that an encoded word may have, its frame of 12 included. */
const charactersAWord = 10

/** A name as a mail header holds it: quoted when it is ASCII, else in encoded words (RFC 2047). */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `"${text}"`
  const characters = [...text]
  const words: string[] = []
  for (let at = 0; at < characters.length; at += charactersAWord) {
    const bytes = Buffer.from(characters.slice(at, at + charactersAWord).join(''))
    words.push(`=?UTF-8?B?${bytes.toString('base64')}?=`)
  }
  return words.join(' ')
}
