const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Escapes text for an XML element. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"\r]/g, character => `&#${character.charCodeAt(0)};`)
}

/** An element with text in it; nothing at all when the text is undefined. */
export function element(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : `<${name}>${escapeXml(String(text))}</${name}>`
}

/** A whole S3 answer. */
export function xmlDocument(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`
}

/** The unescaped text of the first element of a name; enough for the small, attribute-free documents of S3 requests. */
export function textOf(xml: string, name: string): string | undefined {
  const [inner] = innerXmlOf(xml, name)
  return inner === undefined ? undefined : unescapeXml(inner)
}

/** What stands inside each element of a name, still escaped. */
export function innerXmlOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, inner = '']) => inner,
  )
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (entity, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? entity
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
  })
}
