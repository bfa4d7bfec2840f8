import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import { readMatches } from '#lib/store/match.ts'
import { readRecords, readUniqueHolder } from '#lib/store/read.ts'
import type { RowReason } from '#lib/transfer/imports/import-files.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

/** Finds the records that cells name: by id, by another system's id, users by e-mail or name, others by their exact name. */
export type References = {
  /** The input with ids in place of what the file says, and what could not be found. */
  resolve(input: JsonObject): Promise<{ input: JsonObject; reasons: RowReason[] }>
}

type Found = { id: string } | { detail: string }

/** Opens a finder that looks up each cell text once. `system`: whose ids stand in the file when a cell names no system. */
export function openReferences(ctx: Context, object: CompiledObject, system: string | undefined): References {
  const known = new Map<string, Promise<Found>>()
  const targets = [...object.fields.values()].flatMap(({ name, definition }) => {
    const target = definition.type === 'user' ? 'user' : definition.type === 'reference' ? definition.to : undefined
    const definitionOf = target === undefined ? undefined : ctx.objects.byName.get(target)
    return definitionOf ? [{ name, target: definitionOf }] : []
  })
  const find = (target: ObjectDefinition, text: string): Promise<Found> => {
    const key = `${target.name}\n${text}`
    const found = known.get(key) ?? findTarget(ctx, target, { text, system })
    known.set(key, found)
    return found
  }
  return {
    async resolve(input) {
      const resolved = { ...input }
      const reasons: RowReason[] = []
      for (const { name, target } of targets) {
        const text = input[name]
        if (typeof text !== 'string' || isTypeId(text, target.prefix)) continue
        const found = await find(target, text.trim())
        if ('id' in found) resolved[name] = found.id
        else reasons.push({ field: name, code: 'invalid_reference', detail: `${name}: ${found.detail}` })
      }
      return { input: resolved, reasons }
    },
  }
}

async function findTarget(
  ctx: Context,
  target: ObjectDefinition,
  { text, system }: { text: string; system: string | undefined },
): Promise<Found> {
  if (target.name === 'user') return findUser(ctx, target, text)
  const external = await findByExternalId(ctx, target, { text, system })
  if (external !== undefined) return { id: external }
  return findByName(ctx, target, text)
}

/** `erp:K-1042`, or the bare id in the system that the file comes from. */
async function findByExternalId(
  ctx: Context,
  target: ObjectDefinition,
  { text, system }: { text: string; system: string | undefined },
): Promise<string | undefined> {
  if (!Object.hasOwn(target.fields, 'externalIds')) return undefined
  const values = [text, ...(system === undefined ? [] : [`${system}:${text}`])]
  for (const value of values) {
    const id = await readUniqueHolder(ctx.store, target.name, { field: 'externalIds', value })
    if (id !== undefined && (await visible(ctx, target, [id])).length > 0) return id
  }
  return undefined
}

async function findByName(ctx: Context, target: ObjectDefinition, text: string): Promise<Found> {
  const field = target.fields[target.titleField]
  const kind = field?.matchOn?.find(each => each === 'name' || each === 'person')
  const { matchValues } = await import('#lib/records/match-keys.ts')
  const [value] = field && kind ? matchValues(kind, text, field) : []
  const key = kind && value !== undefined ? { kind, value } : undefined
  const ids = key ? await visible(ctx, target, await readMatches(ctx.store, target.name, key, 20)) : []
  const [first, second] = ids
  if (first !== undefined && second === undefined) return { id: first }
  if (first === undefined)
    return { detail: `there is no ${target.name} "${text}" that you may see; give its id, or create it first.` }
  return { detail: `"${text}" is the name of ${ids.length} ${target.plural}; give the id of the one meant.` }
}

async function visible(ctx: Context, target: ObjectDefinition, ids: readonly string[]): Promise<string[]> {
  const rule = recordRule(ctx.actor, target, 'read')
  const records = await readRecords(ctx.store, ids)
  return ids.filter(id => {
    const record = records.get(id)
    return record !== undefined && record.deletedAt === undefined && allows(rule, record)
  })
}

/** By e-mail, else by the name that only one active user has. */
async function findUser(ctx: Context, target: ObjectDefinition, text: string): Promise<Found> {
  const value = text.normalize('NFKC').toLowerCase()
  const byEmail = await readUniqueHolder(ctx.store, target.name, { field: 'email', value })
  if (byEmail !== undefined) return { id: byEmail }
  const named: string[] = []
  let cursor: string | undefined
  do {
    const page = await findRecords(ctx, { object: target, query: { limit: 200, cursor } })
    for (const user of page.items)
      if (user['name'] === text && user['status'] !== 'disabled') named.push(String(user['id']))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  const [id, other] = named
  if (id !== undefined && other === undefined) return { id }
  const count = named.length === 0 ? 'there is no user' : `${named.length} users are called`
  return { detail: `${count} "${text}"; give the user's e-mail address.` }
}
