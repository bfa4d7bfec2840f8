/** A regular expression as a tree; a leaf is the source of what matches one character. */
export type PatternNode =
  | { kind: 'character'; source: string }
  | { kind: 'sequence'; parts: readonly PatternNode[] }
  | { kind: 'choice'; options: readonly PatternNode[] }
  | { kind: 'repeat'; node: PatternNode; min: number; max: number }

/** Why a pattern cannot be used; its message goes on after "the pattern". */
export class PatternProblem extends Error {
  override readonly name = 'PatternProblem'
}

type Cursor = { characters: readonly string[]; at: number }

/** 40 groups inside each other: nobody reads more. */
const deepest = 40

/**
 * Parses the part of regular expressions that can be matched in one pass: characters, classes, groups, choices and repeats.
 * @throws PatternProblem for what needs a second look at the text (back references, look-around), and for what is malformed.
 */
export function parsePattern(regex: string): PatternNode {
  checkSyntax(regex)
  const cursor: Cursor = { characters: [...withoutAnchors(regex)], at: 0 }
  const node = parseChoice(cursor, 0)
  if (cursor.at < cursor.characters.length) throw new PatternProblem('has a ) that closes nothing.')
  return node
}

function checkSyntax(regex: string): void {
  try {
    new RegExp(`^(?:${regex})$`, 'u')
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : 'unreadable'
    throw new PatternProblem(`is not a regular expression: ${reason}.`)
  }
}

/** The whole value must match anyway. */
function withoutAnchors(regex: string): string {
  const start = regex.startsWith('^') ? 1 : 0
  const escapes = /\\*(?=\$$)/.exec(regex)?.[0].length ?? 0
  return regex.slice(start, regex.endsWith('$') && escapes % 2 === 0 ? -1 : undefined)
}

function parseChoice(cursor: Cursor, depth: number): PatternNode {
  if (depth > deepest) throw new PatternProblem(`has more than ${deepest} groups inside each other.`)
  const options = [parseSequence(cursor, depth)]
  while (peek(cursor) === '|') {
    cursor.at += 1
    options.push(parseSequence(cursor, depth))
  }
  return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options }
}

function parseSequence(cursor: Cursor, depth: number): PatternNode {
  const parts: PatternNode[] = []
  for (let next = peek(cursor); next !== undefined && next !== '|' && next !== ')'; next = peek(cursor))
    parts.push(parseRepeat(cursor, parseAtom(cursor, depth)))
  return { kind: 'sequence', parts }
}

function parseAtom(cursor: Cursor, depth: number): PatternNode {
  const start = cursor.at
  const character = take(cursor)
  if (character === '(') return parseGroup(cursor, depth)
  if (character === '^' || character === '$')
    throw new PatternProblem(`has a ${character} inside; leave it out: the whole value must match.`)
  if (character === '[') skipClass(cursor)
  if (character === '\\') skipEscape(cursor)
  return { kind: 'character', source: cursor.characters.slice(start, cursor.at).join('') }
}

function parseGroup(cursor: Cursor, depth: number): PatternNode {
  if (peek(cursor) === '?') skipGroupName(cursor)
  const node = parseChoice(cursor, depth + 1)
  if (take(cursor) !== ')') throw new PatternProblem('has a ( that is not closed.')
  return node
}

function skipGroupName(cursor: Cursor): void {
  const rest = cursor.characters.slice(cursor.at, cursor.at + 60).join('')
  const opening = /^\?(?::|<[A-Za-z_]\w*>)/.exec(rest)?.[0]
  if (!opening)
    throw new PatternProblem('looks ahead, looks back or has flags inside; say it without (?= (?! (?<= (?<!.')
  cursor.at += [...opening].length
}

function skipClass(cursor: Cursor): void {
  for (let next = take(cursor); next !== ']'; next = take(cursor)) if (next === '\\') cursor.at += 1
}

function skipEscape(cursor: Cursor): void {
  const kind = take(cursor)
  if (/[1-9k]/.test(kind)) throw new PatternProblem('refers back to a group; say it without \\1 or \\k.')
  if (kind === 'b' || kind === 'B') throw new PatternProblem('looks for a word boundary; say it without \\b.')
  if (kind === 'x') cursor.at += 2
  if (kind === 'c') cursor.at += 1
  if ((kind === 'p' || kind === 'P' || kind === 'u') && peek(cursor) === '{') while (take(cursor) !== '}');
  else if (kind === 'u') cursor.at += 4
}

function parseRepeat(cursor: Cursor, node: PatternNode): PatternNode {
  const bounds = takeBounds(cursor)
  if (!bounds) return node
  // Lazy or greedy makes no difference to whether the whole matches.
  if (peek(cursor) === '?') cursor.at += 1
  return { kind: 'repeat', node, ...bounds }
}

function takeBounds(cursor: Cursor): { min: number; max: number } | undefined {
  const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[peek(cursor) ?? '']
  if (simple) {
    cursor.at += 1
    return { min: simple[0] ?? 0, max: simple[1] ?? Infinity }
  }
  if (peek(cursor) !== '{') return undefined
  const end = cursor.characters.indexOf('}', cursor.at)
  const [min = '0', max = min] = cursor.characters
    .slice(cursor.at + 1, end)
    .join('')
    .split(',')
  cursor.at = end + 1
  return { min: Number(min), max: max === '' ? Infinity : Number(max) }
}

function peek({ characters, at }: Cursor): string | undefined {
  return characters[at]
}

/** @throws PatternProblem at the end: the syntax was checked, so this is a part that this parser reads otherwise. */
function take(cursor: Cursor): string {
  const character = cursor.characters[cursor.at]
  if (character === undefined) throw new PatternProblem('ends too early.')
  cursor.at += 1
  return character
}
