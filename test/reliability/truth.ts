import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'

/** A file of made-up people, and which of its rows must come in and which must not. */
export type Truth = {
  seed: number
  csv: string
  mapping: Record<string, string>
  word: string
  accepted: Map<number, string>
  rejected: Set<number>
}

/** What makes a row bad, one after the other. */
const faults = [
  (name: string) => `${name},not an e-mail,+8613912340000`,
  (name: string) => `${name},ok@example.com,12`,
  (_name: string) => ',nameless@example.com,',
  (name: string) => `${name},a@example.com,,one cell too many,and another`,
]

/** Makes a file; the same seed makes the same file. */
export function truthOf({
  rows,
  badShare,
  seed,
  word,
}: {
  rows: number
  badShare: number
  seed: number
  word: string
}): Truth {
  const random = mulberry32(seed)
  const lines = ['name,email,mobile']
  const mapping = { name: 'name', email: 'emails', mobile: 'phones.mobile' }
  const truth: Truth = { seed, csv: '', mapping, word, accepted: new Map(), rejected: new Set() }
  for (let row = 1; row <= rows; row++) {
    const name = `${word} ${nameOf(row)} ${row}`
    const isBad = random() < badShare
    const fault = faults[Math.floor(random() * faults.length)]
    const good = `${name},${word}.${row}@r${row}.example,`
    if (isBad) truth.rejected.add(row)
    else truth.accepted.set(row, name)
    lines.push(isBad && fault ? fault(name) : good)
  }
  return { ...truth, csv: lines.join('\n') }
}

/** Every row that is missing, there twice, there although bad, or not among the rejects with its number. */
export async function differencesFrom(
  truth: Truth,
  { ctx, rejects }: { ctx: Context; rejects: readonly string[] },
): Promise<string[]> {
  return differences(truth, { names: await namesIn(ctx, truth.word), rejects })
}

/** The same, of names that were read elsewhere. */
export function differences(
  truth: Truth,
  { names, rejects }: { names: readonly string[]; rejects: readonly string[] },
): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  const expected = new Set(truth.accepted.values())
  const told = new Set(rejects.slice(1).flatMap(line => (line.trim() === '' ? [] : [Number(line.split(',')[0])])))
  return [
    ...[...expected].flatMap(name =>
      counts.get(name) === 1 ? [] : [`${name} is there ${counts.get(name) ?? 0} times`],
    ),
    ...[...counts.keys()].flatMap(name => (expected.has(name) ? [] : [`${name} is there and should not be`])),
    ...[...truth.rejected].flatMap(row => (told.has(row) ? [] : [`row ${row} is not among the rejects`])),
    ...[...told].flatMap(row => (truth.rejected.has(row) ? [] : [`row ${row} is among the rejects and is good`])),
  ]
}

async function namesIn(ctx: Context, word: string): Promise<string[]> {
  const object = ctx.objects.byName.get('contact')
  if (!object) throw new Error('no contacts')
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await findRecords(ctx, { object, query: { limit: 200, cursor, fields: ['name'] } })
    names.push(...page.items.map(item => String(item['name'])))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return names.filter(name => name.startsWith(`${word} `))
}

/** Letters made of a number, so that no two names look alike. */
function nameOf(row: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz'
  return String(row * 7_919)
    .split('')
    .map(digit => `${letters[Number(digit)]}${'aeiou'[Number(digit) % 5]}`)
    .join('')
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
