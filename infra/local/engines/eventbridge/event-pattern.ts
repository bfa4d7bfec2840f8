import { invalidPattern, isRecord, type ValueTest, valueTest } from './value-test.ts'

/** An event pattern as EventBridge rules and Lambda event-source filters write it. */
export type EventPattern = Record<string, unknown>

type EventTest = (event: unknown) => boolean

const compiled = new WeakMap<EventPattern, EventTest>()

/** Tells whether an event fits a pattern; a pattern that AWS would refuse throws InvalidEventPatternException. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  const test = compiled.get(pattern) ?? compilePattern(pattern)
  compiled.set(pattern, test)
  return test(event)
}

/** Checks a pattern and turns it into a function that tests events. */
export function compilePattern(pattern: EventPattern): EventTest {
  const tests = Object.entries(pattern).map(([field, expected]) => fieldTest(field, expected))
  if (tests.length === 0) throw invalidPattern('Empty objects are not allowed')
  return event => tests.every(test => test(event))
}

function fieldTest(field: string, expected: unknown): EventTest {
  if (field === '$or' && isListOfPatterns(expected)) {
    const alternatives = expected.map(compilePattern)
    return event => alternatives.some(test => test(event))
  }
  const read = (event: unknown) => (isRecord(event) && Object.hasOwn(event, field) ? event[field] : undefined)
  if (Array.isArray(expected)) {
    const test = leafTest(field, expected)
    return event => test(read(event))
  }
  if (!isRecord(expected)) throw invalidPattern(`"${field}" must be an object or an array`)
  const test = compilePattern(expected)
  return event => nestedMatches(test, read(event))
}

/** Several fields of one pattern must fit within the same element of an array. */
function nestedMatches(test: EventTest, value: unknown): boolean {
  if (!Array.isArray(value)) return test(value)
  const elements = value.flat(Number.POSITIVE_INFINITY).filter(isRecord)
  return elements.length === 0 ? test(undefined) : elements.some(test)
}

/** One of the expected values must fit one of the actual ones; only leaves (no objects) count as present. */
function leafTest(field: string, expected: unknown[]): EventTest {
  if (expected.length === 0) throw invalidPattern(`"${field}": empty arrays are not allowed`)
  const isAbsenceExpected = expected.some(expectsAbsence)
  const tests: ValueTest[] = expected.map(matcher => valueTest(matcher))
  return value => {
    const leaves = [value].flat(Number.POSITIVE_INFINITY).filter(leaf => leaf !== undefined && !isRecord(leaf))
    if (leaves.length === 0) return isAbsenceExpected
    return tests.some(test => leaves.some(test))
  }
}

function expectsAbsence(matcher: unknown): boolean {
  const { exists } = isRecord(matcher) ? matcher : {}
  return exists === false
}

/** Fewer than two alternatives are no `$or` but a field of that name. */
function isListOfPatterns(expected: unknown): expected is EventPattern[] {
  return Array.isArray(expected) && expected.length >= 2 && expected.every(isRecord)
}
