import { BlockList, isIP } from 'node:net'
import { AwsError } from '../aws-error.ts'
import { wildcardTest } from './wildcard.ts'

/** Tells whether one leaf of an event (text, number, boolean or null) fits. */
export type ValueTest = (value: unknown) => boolean

/** What a pattern's operators are made from: their argument. */
type Operator = (argument: unknown) => ValueTest

const operators: Record<string, Operator> = {
  exists: argument => {
    if (typeof argument !== 'boolean') throw invalidPattern('exists takes true or false')
    return () => argument
  },
  prefix: textOperator('prefix', expected => text => text.startsWith(expected)),
  suffix: textOperator('suffix', expected => text => text.endsWith(expected)),
  wildcard: argument => onText(wildcardTest(requireText('wildcard', argument))),
  'equals-ignore-case': argument => {
    const expected = requireText('equals-ignore-case', argument).toLowerCase()
    return onText(text => text.toLowerCase() === expected)
  },
  numeric: numericTest,
  cidr: cidrTest,
  'anything-but': anythingButTest,
}

const comparisons: Record<string, (value: number, limit: number) => boolean> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
}

/** Turns one element of a pattern's array, a literal or `{operator: argument}`, into a test. */
export function valueTest(matcher: unknown): ValueTest {
  if (!isRecord(matcher)) return value => value === matcher
  const [entry, ...others] = Object.entries(matcher)
  if (entry === undefined || others.length > 0) throw invalidPattern('A matcher has exactly one operator')
  const [name, argument] = entry
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (operator === undefined) throw invalidPattern(`Unrecognized match type ${name}`)
  return operator(argument)
}

/** AWS's error for a pattern that it cannot read. */
export function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An operator on text that also takes `{"equals-ignore-case": text}`. */
function textOperator(name: string, test: (expected: string) => (text: string) => boolean): Operator {
  return argument => {
    if (!isRecord(argument)) return onText(test(requireText(name, argument)))
    const expected = requireText(name, argument['equals-ignore-case']).toLowerCase()
    const testLowerCase = test(expected)
    return onText(text => testLowerCase(text.toLowerCase()))
  }
}

/** Excludes a literal, a list of literals, or `{operator: text or list of texts}`. */
function anythingButTest(argument: unknown): ValueTest {
  const excluded = isRecord(argument) ? operatorPerArgument(argument) : [argument].flat().map(valueTest)
  if (excluded.length === 0) throw invalidPattern('anything-but takes at least one value')
  return value => !excluded.some(test => test(value))
}

function operatorPerArgument(matcher: Record<string, unknown>): ValueTest[] {
  const allowed = ['prefix', 'suffix', 'wildcard', 'equals-ignore-case']
  return Object.entries(matcher).flatMap(([name, argument]) => {
    if (!allowed.includes(name)) throw invalidPattern(`anything-but does not take ${name}`)
    return [argument].flat().map(one => valueTest({ [name]: one }))
  })
}

function numericTest(argument: unknown): ValueTest {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 !== 0) {
    throw invalidPattern('numeric takes pairs of an operator and a number')
  }
  const tests = Array.from({ length: argument.length / 2 }, (_, pair) => {
    const comparison = comparisons[String(argument[pair * 2])]
    const limit: unknown = argument[pair * 2 + 1]
    if (comparison === undefined || typeof limit !== 'number') {
      throw invalidPattern('numeric takes = < <= > >= and a number')
    }
    return (value: number) => comparison(value, limit)
  })
  return value => typeof value === 'number' && tests.every(test => test(value))
}

function cidrTest(argument: unknown): ValueTest {
  const [network = '', bits = ''] = requireText('cidr', argument).split('/')
  const version = isIP(network)
  if (version === 0 || !/^\d{1,3}$/.test(bits)) throw invalidPattern(`${argument} is no CIDR block`)
  const block = new BlockList()
  block.addSubnet(network, Number(bits), `ipv${version === 4 ? 4 : 6}`)
  return onText(text => isIP(text) === version && block.check(text, version === 4 ? 'ipv4' : 'ipv6'))
}

function onText(test: (text: string) => boolean): ValueTest {
  return value => typeof value === 'string' && test(value)
}

function requireText(operator: string, argument: unknown): string {
  if (typeof argument !== 'string') throw invalidPattern(`${operator} takes a text`)
  return argument
}
