/** Unicode's marks that turn the reading direction: they make a text show as something it is not. */
const directionMarks = /[\u202A-\u202E\u2066-\u2069]/u
const controls = /\p{Cc}/u
const controlsButLines = /(?![\t\n])\p{Cc}/u

/** Composed (NFC), trimmed, with inner white space kept: how every text is stored. */
export function tidyText(text: string): string {
  return text.normalize('NFC').trim()
}

/** A text without the characters nobody sees: direction marks, zero-width spaces, byte order marks. They come along with a paste. */
export function visibleText(text: string): string {
  return text.replace(/\p{Cf}/gu, '')
}

/** What is wrong with a text that must stand on one line; undefined when it is fine. */
export function lineProblem(text: string): string | undefined {
  if (controls.test(text)) return 'contains a control character or line break; remove it.'
  return characterProblem(text)
}

/** What is wrong with a text of several lines; undefined when it is fine. */
export function linesProblem(text: string): string | undefined {
  if (controlsButLines.test(text)) return 'contains a control character; remove it.'
  return characterProblem(text)
}

function characterProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'contains half of a character (a lone surrogate); send valid Unicode.'
  if (directionMarks.test(text)) return 'contains a mark that reverses the reading direction; remove it.'
  return undefined
}
