import { bodyPointer } from '#functions/edge/field-problems.ts'
import type { FieldProblem } from '#lib/errors.ts'

/** Deeper than any record goes, and far from where recursion hurts. */
const deepest = 32
/** Members of one object, entries of one array: no definition allows as many. */
const mostMembers = 1_000
const mostEntries = 10_000
const longestName = 200
/** Names that reach the prototype of an object instead of a member of it. */
const poisonous = new Set(['__proto__', 'constructor', 'prototype'])

const quote = 0x22
const backslash = 0x5c
const numberToken = /-?[0-9][0-9.eE+-]*/y

/** An object or array that is open at some place of the text. */
type Frame = { isArray: boolean; names: Set<string>; key: string | undefined; count: number; atName: boolean }
type Found = Omit<FieldProblem, 'pointer'> | undefined

/**
 * Finds what `JSON.parse` would let through, in one pass without recursion: excessive depth or width, repeated and
 * poisonous names, numbers and texts that cannot be kept exactly. The text need not be valid JSON.
 */
export function findHazard(text: string): FieldProblem | undefined {
  const frames: Frame[] = []
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const end = code === quote ? endOfString(text, i) : endOfNumber(text, i, code)
    const found = end > i ? checkToken(text.slice(i, end + 1), frames.at(-1)) : checkMark(code, frames)
    if (found) return { pointer: bodyPointer(frames.flatMap(frame => place(frame) ?? [])), ...found }
    i = Math.max(i, end)
  }
  return undefined
}

/** Index of the closing quote, or of the last character if there is none. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) return i
    if (code === backslash) i++
  }
  return text.length - 1
}

/** Index of the last character of a number that needs a look: one of 16 digits or more, or with an exponent. */
function endOfNumber(text: string, start: number, code: number): number {
  if (code !== 0x2d && (code < 0x30 || code > 0x39)) return -1
  numberToken.lastIndex = start
  return start + (numberToken.exec(text)?.[0].length ?? 0) - 1
}

function checkToken(token: string, frame: Frame | undefined): Found {
  if (!token.startsWith('"')) return checkNumber(token)
  const isName = frame !== undefined && !frame.isArray && frame.atName
  if (!isName && !token.includes('\\u')) return undefined
  const value = unescaped(token)
  if (!value.isWellFormed()) return { code: 'invalid_text', detail: 'The text holds half of a surrogate pair.' }
  return isName ? checkName(value, frame) : undefined
}

function checkName(name: string, frame: Frame): Found {
  frame.key = name
  frame.atName = false
  if (poisonous.has(name)) return { code: 'unknown_field', detail: `No field can be called ${name}.` }
  if (name.length > longestName) {
    frame.key = name.slice(0, longestName).toWellFormed()
    return { code: 'unknown_field', detail: `A name has more than ${longestName} characters.` }
  }
  if (frame.names.has(name)) return { code: 'repeated', detail: `${name} is given twice.` }
  frame.names.add(name)
  return undefined
}

function checkNumber(token: string): Found {
  if (token.length < 16 && !/e/i.test(token)) return undefined
  const value = Number(token)
  const size = Math.abs(value)
  const isKept = size <= Number.MAX_SAFE_INTEGER && (size > 1e-100 || !/[1-9]/.test(token.split(/e/i)[0] ?? ''))
  if (isKept || Number.isNaN(value)) return undefined
  return { code: 'number_out_of_range', detail: `${token.slice(0, 40)} cannot be kept exactly; send it as a text.` }
}

function checkMark(code: number, frames: Frame[]): Found {
  const frame = frames.at(-1)
  if (code === 0x7b || code === 0x5b) return open(frames, code === 0x5b)
  if (code === 0x7d || code === 0x5d) frames.pop()
  if (code !== 0x2c || !frame) return undefined
  frame.count += 1
  frame.atName = true
  if (frame.count < (frame.isArray ? mostEntries : mostMembers)) return undefined
  const what = frame.isArray
    ? `An array has more than ${mostEntries} entries.`
    : `An object has more than ${mostMembers} members.`
  return { code: 'too_many', detail: what }
}

function open(frames: Frame[], isArray: boolean): Found {
  if (frames.length === deepest)
    return { code: 'too_deep', detail: `The body is nested deeper than ${deepest} levels.` }
  frames.push({ isArray, names: new Set(), key: undefined, count: 0, atName: true })
  return undefined
}

function place(frame: Frame): string | undefined {
  return frame.isArray ? String(frame.count) : frame.key
}

function unescaped(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1)
  try {
    return String(JSON.parse(token))
  } catch {
    return token
  }
}
