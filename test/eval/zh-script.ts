import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { judge } from '#lib/search/judge.ts'
import type { SearchText } from '#lib/search/keys.ts'
import { lookUps, parseQuery } from '#lib/search/query.ts'
import { tokensOf } from '#lib/search/tokens.ts'
import type { EvalResult, EvalSet } from './eval-set.ts'

/** Set that judges search across traditional and simplified Chinese. */
export const scriptSets: EvalSet[] = [
  {
    name: 'zh-script',
    group: 'text',
    files: ['text/zh-script/opencc_testcases.json'],
    run: data => zhScript(join(data, 'text/zh-script/opencc_testcases.json')),
  },
]

const testCases = z.object({
  cases: z.array(z.object({ input: z.string(), expected: z.record(z.string(), z.string()) })),
})

/** Script to script, Taiwan's and Hong Kong's forms too; not those that put other words in (`s2twp`: 鼠标 滑鼠). */
const promised = ['s2t', 't2s', 's2tw', 'tw2s', 's2hk', 'hk2s', 'hk2t', 't2hk', 'tw2t', 't2tw']

/** Pairs that are words of their own in one of the scripts, or of which one is in no standard of simplified characters. */
const apart = new Set(
  '象像 沈沉 坏坯 𫫇噁 𣨼殢 𪢮圞 𣗊樠'.split(' ').flatMap(pair => [pair, [...pair].reverse().join('')]),
)

/** Both sides of a conversion must find each other as names. */
async function zhScript(file: string): Promise<EvalResult> {
  const start = performance.now()
  const { cases } = testCases.parse(JSON.parse(readFileSync(file, 'utf8')))
  const pairs = cases.flatMap(({ input, expected }) =>
    promised.flatMap(way => (expected[way] === undefined ? [] : [{ way, input, output: expected[way] }])),
  )
  const lost: { way: string; input: string; output: string }[] = []
  for (const pair of pairs)
    if (!((await finds(pair.input, pair.output)) && (await finds(pair.output, pair.input)))) lost.push(pair)
  const unexplained = lost.filter(({ input, output }) => !isApart(input, output))
  return {
    figures: { records: pairs.length, result: `${pairs.length - lost.length} of ${pairs.length} find each other` },
    ms: performance.now() - start,
    bar: 'all but words of their own',
    shortfalls: unexplained.map(({ way, input, output }) => `${way}: ${input} and ${output}`),
  }
}

async function finds(told: string, typed: string): Promise<boolean> {
  const text: SearchText = { field: 'name', kind: 'name', text: told }
  const query = parseQuery(typed)
  if (!query) return false
  const tokens = await tokensOf([text])
  const isLed = lookUps(query.whole).some(begin => tokens.some(token => token.startsWith(begin)))
  return isLed && judge(query, [text], { titleField: 'name' }) !== undefined
}

/** Whether the two differ at all only in such pairs. */
function isApart(input: string, output: string): boolean {
  const [a, b] = [[...input], [...output]]
  const differing = a.flatMap((character, i) => (character === b[i] ? [] : [`${character}${b[i]}`]))
  return a.length === b.length && differing.some(pair => apart.has(pair))
}
