import { type PatternNode, PatternProblem, parsePattern } from '#lib/settings/pattern/parse-pattern.ts'

/** Says whether a whole text matches. */
export type WholePattern = (text: string) => boolean

type State = { kind: 'character'; accepts: (character: string) => boolean; next: number } | Split
type Split = { kind: 'split'; next: number[] }

/** 1,000 states: with texts of 1,000 characters a match stays within some tens of milliseconds at worst. */
const mostStates = 1_000
/** 1,000 patterns: more than a tenant has fields. */
const cacheLimit = 1_000
const known = new Map<string, WholePattern>()

/**
 * Makes a matcher of a regular expression that somebody typed. Its time grows with the text, never with the number of ways
 * to read it (Thompson's construction), so no pattern can stop the service.
 * @throws PatternProblem saying what to write otherwise.
 */
export function wholePattern(regex: string): WholePattern {
  const earlier = known.get(regex)
  if (earlier) return earlier
  if (known.size >= cacheLimit) known.clear()
  const matcher = compile(parsePattern(regex))
  known.set(regex, matcher)
  return matcher
}

function compile(root: PatternNode): WholePattern {
  if (sizeOf(root) > mostStates)
    throw new PatternProblem(`is too large: its repeats stand for more than ${mostStates} characters. Repeat less.`)
  const states: State[] = []
  const end = -1
  const start = build(states, root, end)
  return text => {
    let current = reached(states, [start])
    for (const character of text) {
      const next: number[] = []
      for (const index of current) {
        const state = states[index]
        if (state?.kind === 'character' && state.accepts(character)) next.push(state.next)
      }
      if (next.length === 0) return false
      current = reached(states, next)
    }
    return current.has(end)
  }
}

/** States that a node becomes. */
function sizeOf(node: PatternNode): number {
  if (node.kind === 'character') return 1
  if (node.kind === 'sequence') return node.parts.reduce((sum, part) => sum + sizeOf(part), 0)
  if (node.kind === 'choice') return node.options.reduce((sum, option) => sum + sizeOf(option), 1)
  const times = node.max === Infinity ? node.min + 1 : node.max
  return Math.max(1, times) * (sizeOf(node.node) + 1)
}

/** Adds the states of a node that is followed by a state; returns the first of them. */
function build(states: State[], node: PatternNode, next: number): number {
  if (node.kind === 'character') return states.push({ kind: 'character', accepts: acceptor(node.source), next }) - 1
  if (node.kind === 'sequence') return node.parts.reduceRight((after, part) => build(states, part, after), next)
  if (node.kind === 'choice')
    return split(
      states,
      node.options.map(option => build(states, option, next)),
    )
  return buildRepeat(states, node, next)
}

function buildRepeat(
  states: State[],
  { node, min, max }: Extract<PatternNode, { kind: 'repeat' }>,
  next: number,
): number {
  let first = next
  if (max === Infinity) {
    const loop: Split = { kind: 'split', next: [next] }
    first = states.push(loop) - 1
    loop.next.push(build(states, node, first))
  } else for (let i = min; i < max; i++) first = split(states, [build(states, node, first), next])
  for (let i = 0; i < min; i++) first = build(states, node, first)
  return first
}

function split(states: State[], next: number[]): number {
  return states.push({ kind: 'split', next }) - 1
}

/** The states that can be reached without a further character. */
function reached(states: readonly State[], from: readonly number[]): Set<number> {
  const found = new Set<number>()
  const open = [...from]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (found.has(index)) continue
    found.add(index)
    const state = states[index]
    if (state?.kind === 'split') open.push(...state.next)
  }
  return found
}

function acceptor(source: string): (character: string) => boolean {
  if (/^[\p{L}\p{N}@_ -]$/u.test(source)) return character => character === source
  const one = new RegExp(`^(?:${source})$`, 'u')
  return character => one.test(character)
}
