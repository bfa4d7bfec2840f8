import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import { writeMany } from '#lib/records/write-many.ts'
import type { Context } from '#lib/runtime/context.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import type { JsonObject } from '#schemas/json.ts'

/** 2 ms: records are older than the run that finds them, and newer than any run before. */
const ageMs = 2

/** Stores records as an older version or another program may have left them: past the checks of the engine. */
export async function storeRaw(ctx: Context, name: string, all: readonly JsonObject[]): Promise<string[]> {
  const definition = ctx.objects.byName.get(name)
  if (!definition) throw new Error(`There is no object ${name}`)
  const at = new Date(ctx.clock.now().getTime() - ageMs).toISOString()
  const object = compileObject(definition, ctx.tenant)
  const plans = all.map(fields => {
    const after = firstVersion({ id: typeIds.next(definition.prefix), object: name, fields }, { at, by: 'system' })
    return { object, before: undefined, after, action: 'created' as const }
  })
  const outcomes = await writeMany(
    ctx,
    plans.map(plan => ({ plan, replan: async () => plan })),
  )
  return outcomes.map(outcome => {
    if ('error' in outcome) throw outcome.error
    return outcome.id
  })
}

/** An e-mail address as it is kept. */
export function email(value: string): JsonObject {
  return { value, label: 'work', primary: true, status: 'unverified' }
}

/** Customers that each need fixes, told apart by a word and their numbers. */
export function dirtyCustomers(word: string, count: number): JsonObject[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `  ${word} ${i} `,
    emails: [email(` Desk@${word.toUpperCase()}${i}.EXAMPLE.com`)],
    website: `www.${word}${i}.example.com`,
  }))
}

/** The same as they are after a cleanup. */
export function cleanCustomers(word: string, count: number): JsonObject[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${word} ${i}`,
    emails: [email(`Desk@${word.toLowerCase()}${i}.example.com`)],
    website: `https://www.${word}${i}.example.com`,
  }))
}
