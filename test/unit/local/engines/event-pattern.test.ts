import { describe, expect, it } from 'vitest'
import { type EventPattern, matches } from '#infra/local/engines/eventbridge/event-pattern.ts'

const deal = {
  source: 'crm.deal',
  detail: {
    amount: 1500,
    stage: 'won',
    tags: ['a', 'b'],
    ip: '10.0.0.7',
    file: 'x/report.PNG',
    nul: null,
    items: [
      { id: 1, k: 'x' },
      { id: 2, k: 'y' },
    ],
  },
}

describe('matches a deal', () => {
  it.each<[EventPattern, boolean]>([
    [{ source: ['crm.deal'] }, true],
    [{ source: [{ prefix: 'crm.' }] }, true],
    [{ source: [{ prefix: { 'equals-ignore-case': 'CRM' } }] }, true],
    [{ detail: { file: [{ suffix: { 'equals-ignore-case': '.png' } }] } }, true],
    [{ detail: { stage: [{ 'anything-but': ['won', 'x'] }] } }, false],
    [{ detail: { stage: [{ 'anything-but': { prefix: 'lo' } }] } }, true],
    [{ detail: { amount: [{ numeric: ['>', 1000, '<=', 1500] }] } }, true],
    [{ detail: { amount: [{ numeric: ['<', 1000] }] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { stage: [{ exists: false }] } }, false],
    [{ detail: { tags: ['b', 'zz'] } }, true],
    [{ detail: { nul: [null] } }, true],
    [{ detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, true],
    [{ detail: { file: [{ wildcard: 'x/*.PNG' }] } }, true],
    [{ detail: { stage: [{ 'equals-ignore-case': 'WON' }] } }, true],
    [{ detail: { $or: [{ stage: ['lost'] }, { amount: [{ numeric: ['>=', 1500] }] }] } }, true],
    [{ detail: { items: { id: [2], k: ['y'] } } }, true],
    [{ detail: { items: { id: [1], k: ['y'] } } }, false],
    [{ source: ['x', { prefix: 'crm' }] }, true],
  ])('%j -> %s', (pattern, expected) => {
    expect(matches(pattern, deal)).toBe(expected)
  })
})

describe("matches as AWS's user guide says", () => {
  it.each<[string, EventPattern, unknown, boolean]>([
    ['a number is not the text of it', { limit: ['5'] }, { limit: 5 }, false],
    ['1.0 and 1 are one number', { limit: [1] }, JSON.parse('{"limit": 1.0}'), true],
    ['text is case sensitive', { state: ['Running'] }, { state: 'running' }, false],
    ['an empty text is a value', { name: [''] }, { name: '' }, true],
    ['an empty text is not null', { name: [''] }, { name: null }, false],
    ['null is not absent', { name: [{ exists: false }] }, { name: null }, false],
    ['exists looks at leaves only', { detail: { state: [{ exists: true }] } }, { detail: { state: { a: 1 } } }, false],
    ['an absent parent makes its fields absent', { detail: { state: [{ exists: false }] } }, {}, true],
    ['anything-but needs a value', { state: [{ 'anything-but': 'x' }] }, {}, false],
    ['anything-but a number', { limit: [{ 'anything-but': [100, 200] }] }, { limit: 300 }, true],
    ['anything-but a number, given it', { limit: [{ 'anything-but': 100 }] }, { limit: 100 }, false],
    ['anything-but a suffix', { file: [{ 'anything-but': { suffix: '.png' } }] }, { file: 'a.png' }, false],
    ['anything-but suffixes', { file: [{ 'anything-but': { suffix: ['.png', '.jpg'] } }] }, { file: 'a.txt' }, true],
    [
      'anything-but ignoring case',
      { state: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] },
      { state: 'STOPPED' },
      false,
    ],
    ['anything-but a wildcard', { path: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { path: 'home/lib/x' }, false],
    [
      'anything-but wildcards',
      { path: [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }] },
      { path: 'home/src/x' },
      true,
    ],
    ['several operators of one field are alternatives', { n: [{ numeric: ['=', 1] }, 'one'] }, { n: 'one' }, true],
    ['a range of numbers', { cost: [{ numeric: ['>', 0, '<=', 5] }] }, { cost: 5.0001 }, false],
    ['IPv6 networks', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8:1::9' }, true],
    ['an address of the other family', { ip: [{ cidr: '10.0.0.0/8' }] }, { ip: '2001:db8::1' }, false],
    ['wildcard, several stars', { arn: [{ wildcard: 'arn:*:s3:::*/in/*' }] }, { arn: 'arn:aws:s3:::b/in/x' }, true],
    ['wildcard, overlapping ends', { key: [{ wildcard: 'aba*ba' }] }, { key: 'aba' }, false],
    ['wildcard, an escaped star', { key: [{ wildcard: 'a\\*b' }] }, { key: 'axb' }, false],
    ['wildcard, an escaped star, given one', { key: [{ wildcard: 'a\\*b' }] }, { key: 'a*b' }, true],
    ['a text operator on a number', { n: [{ prefix: '1' }] }, { n: 12 }, false],
    ['arrays match when they intersect', { resources: ['a', 'c'] }, { resources: ['b', 'c'] }, true],
    ['an empty array has no values', { resources: ['a'] }, { resources: [] }, false],
    ['an empty array does not exist', { resources: [{ exists: false }] }, { resources: [] }, true],
    [
      '$or beside other fields',
      { source: ['a'], $or: [{ x: [1] }, { y: [{ exists: true }] }] },
      { source: 'a', y: 0 },
      true,
    ],
    [
      '$or beside other fields that differ',
      { source: ['b'], $or: [{ x: [1] }, { y: [0] }] },
      { source: 'a', y: 0 },
      false,
    ],
    ['a field of the prototype is absent', { constructor: [{ exists: true }] }, {}, false],
    [
      "Lambda's filter of a stream",
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'V#' }] } } } },
      { eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 'R#1' }, sk: { S: 'V#3' } } } },
      true,
    ],
  ])('%s', (_, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected)
  })
})

describe('refuses a pattern that AWS refuses', () => {
  it.each<[string, EventPattern]>([
    ['a bare value', { source: 'a' }],
    ['an empty list', { source: [] }],
    ['an empty object', {}],
    ['an unknown operator', { source: [{ contains: 'a' }] }],
    ['two operators in one matcher', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['numeric without a number', { n: [{ numeric: ['>'] }] }],
    ['numeric with an unknown comparison', { n: [{ numeric: ['!=', 1] }] }],
    ['exists with a text', { n: [{ exists: 'yes' }] }],
    ['a network that is none', { ip: [{ cidr: '10.0.0/8' }] }],
    ['anything-but of anything-but', { n: [{ 'anything-but': { 'anything-but': 'a' } }] }],
  ])('%s', (_, pattern) => {
    expect(() => matches(pattern, {})).toThrow(/Event pattern is not valid/)
  })
})
