import { isEmail, tidyEmail } from '#lib/records/fields/emails.ts'
import { visibleText } from '#lib/records/fields/text-rules.ts'
import { isWebAddress, tidyUrl } from '#lib/records/fields/url.ts'

/** White space and what nobody sees, at both ends. */
const edges = /^[\s\u200B\u2060\uFEFF]+|[\s\u200B\u2060\uFEFF]+$/gu
/** Letters and digits of double width. Brackets and other signs of double width belong to Chinese text and stay. */
const wideLetters = /[\uFF10-\uFF19\uFF21-\uFF3A\uFF41-\uFF5A]/gu
/** Signs of double width that stand for ASCII. */
const wideSigns = /[\uFF01-\uFF5E]/gu

/** Without white space at the ends; a text of nothing else stays, since clearing a field is no fix. */
export function trimmed(text: string): string {
  return text.replace(edges, '') || text
}

/** Letters and digits of double width made plain. */
export function narrowed(text: string): string {
  return text.replace(wideLetters, narrow)
}

/** An address without white space at the ends, when it is one then. */
export function trimmedEmail(text: string): string {
  return ifEmail(trimmed(text), text)
}

/** An address with signs of double width made plain, without the brackets or `mailto:` that came along with a paste. */
export function narrowedEmail(text: string): string {
  const plain = trimmed(visibleText(text).replace(wideSigns, narrow))
    .replace(/^<(.*)>$/, '$1')
    .replace(/^mailto:/i, '')
  const at = plain.lastIndexOf('@')
  if (at < 0) return text
  return ifEmail(`${plain.slice(0, at)}${plain.slice(at).replaceAll('。', '.')}`, text)
}

/** An address with its domain in lower case: the part before the @ may mean something by its case. */
export function lowerDomain(text: string): string {
  const at = text.lastIndexOf('@')
  return at < 0 ? text : ifEmail(text.slice(0, at) + text.slice(at).toLowerCase(), text)
}

/** A web address with its scheme, when the text begins with the name of a host. */
export function withScheme(text: string): string {
  const isHost = /^[^\s/?#@:]+\.(?:\p{L}{2,}|xn--[a-z0-9-]+)(?::\d+)?(?:[/?#].*)?$/iu.test(text)
  const address = tidyUrl(text)
  return isHost && isWebAddress(address) && address === `https://${text}` ? address : text
}

/** What was mended, if it is an address that the engine would store just so. */
function ifEmail(mended: string, before: string): string {
  if (mended === before) return before
  const at = mended.lastIndexOf('@')
  const stored = mended.slice(0, at) + mended.slice(at).toLowerCase()
  return isEmail(mended) && tidyEmail(mended) === stored ? mended : before
}

function narrow(sign: string): string {
  return String.fromCharCode(sign.charCodeAt(0) - 0xfee0)
}
