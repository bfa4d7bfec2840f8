/** As the engine writes numbers: without exponent, sign of zero, or needless zeros; longer ones are its own business. */
const plainNumber = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{0,6}[1-9])?$/

/** 32: how deep DynamoDB lets lists and maps nest. */
const deepest = 32

/**
 * Bytes of a map's or an item's members, by the engine's own count: names and values, and `overhead` for each; undefined
 * when the engine would refuse one of them, or write it in another way than it stands here, which is for it to judge.
 */
export function sizeOfMembers(members: Record<string, unknown>, overhead: number, depth: number): number | undefined {
  let total = 0
  for (const name in members) {
    const size = sizeOf(members[name], depth)
    if (size === undefined) return undefined
    total += Buffer.byteLength(name) + size + overhead
  }
  return total
}

function sizeOf(value: unknown, depth = 0): number | undefined {
  if (typeof value !== 'object' || value === null || depth > deepest) return undefined
  const [entry, another] = Object.entries(value)
  if (entry === undefined || another !== undefined) return undefined
  const [type, content] = entry
  return Object.hasOwn(sizes, type) ? sizes[type]?.(content, depth) : undefined
}

const sizes: Readonly<Record<string, (content: unknown, depth: number) => number | undefined>> = {
  S: content => (typeof content === 'string' ? Buffer.byteLength(content) : undefined),
  N: numberSize,
  B: binarySize,
  BOOL: content => (typeof content === 'boolean' ? 1 : undefined),
  NULL: content => (content === true ? 1 : undefined),
  SS: content => setSize(content, element => (typeof element === 'string' ? Buffer.byteLength(element) : undefined)),
  NS: content => setSize(content, numberSize),
  BS: content => setSize(content, binarySize),
  L: (content, depth) => (Array.isArray(content) ? listSize(content, depth + 1) : undefined),
  M: (content, depth) => {
    if (!isRecord(content)) return undefined
    const members = sizeOfMembers(content, 1, depth + 1)
    return members === undefined ? undefined : members + 3
  },
}

/** A byte, one for a minus sign, and one for each two significant places, of which the engine takes the point for one. */
function numberSize(content: unknown): number | undefined {
  if (typeof content !== 'string' || !plainNumber.test(content) || content === '-0') return undefined
  const places = content.replace(/^-?[0.]*/, '').replace(/0+$/, '').length
  return 1 + (content.startsWith('-') ? 1 : 0) + Math.ceil(places / 2)
}

function setSize(content: unknown, sizeOfElement: (element: unknown) => number | undefined): number | undefined {
  if (!Array.isArray(content) || content.length === 0 || new Set(content).size !== content.length) return undefined
  return sum(content.map(sizeOfElement))
}

function listSize(content: readonly unknown[], depth: number): number | undefined {
  const elements = sum(content.map(element => sizeOf(element, depth)))
  return elements === undefined ? undefined : elements + content.length + 3
}

function sum(sizesOfElements: readonly (number | undefined)[]): number | undefined {
  let total = 0
  for (const size of sizesOfElements) {
    if (size === undefined) return undefined
    total += size
  }
  return total
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Base64 tells three bytes in four letters. */
function binarySize(content: unknown): number | undefined {
  const isBase64 = typeof content === 'string' && content.length % 4 === 0 && /^[A-Za-z\d+/]*={0,2}$/.test(content)
  if (!isBase64) return undefined
  return (content.length / 4) * 3 - (content.endsWith('==') ? 2 : content.endsWith('=') ? 1 : 0)
}
