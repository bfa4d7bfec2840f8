const tag = /^<(\/?)([A-Za-z_][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/
const reference = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to say these.
const unsayable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/** What makes a text no XML, of the little XML that our own files use: no comments, CDATA or document types. */
export function xmlProblems(text: string): string[] {
  if (!text.isWellFormed() || unsayable.test(text)) return ['a character that XML cannot say']
  const open: string[] = []
  const roots: string[] = []
  let rest = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '')
  while (rest.trim() !== '') {
    const content = /^[^<]*/.exec(rest)?.[0] ?? ''
    if (reference.test(content)) return [`a bare & in "${content.slice(0, 40)}"`]
    if (content.trim() !== '' && open.length === 0) return ['text outside the root']
    rest = rest.slice(content.length)
    if (rest === '') break
    const match = tag.exec(rest)
    if (!match) return [`no tag at "${rest.slice(0, 40)}"`]
    const [whole, isClosing, name = '', attributes = '', isEmpty] = match
    if (reference.test(attributes)) return [`a bare & in <${name}>`]
    const names = [...attributes.matchAll(/([\w:.-]+)\s*=\s*(?:"[^"]*"|'[^']*')/g)].map(([, each]) => each)
    if (new Set(names).size < names.length) return [`an attribute twice in <${name}>`]
    if (!isClosing && open.length === 0) roots.push(name)
    if (isClosing && open.pop() !== name) return [`</${name}> closes nothing`]
    if (!isClosing && !isEmpty) open.push(name)
    rest = rest.slice(whole.length)
  }
  if (open.length > 0) return [`<${open.join('> <')}> not closed`]
  return roots.length === 1 ? [] : [`${roots.length} roots`]
}
