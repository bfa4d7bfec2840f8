import { CrmError } from '#lib/errors.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'
import { extendRole } from '#lib/seed/extend-role.ts'
import { readUniqueHolder } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { seedRoles } from '#schemas/seeds/roles.ts'

/** People and programs of a new tenant. */
export type Seeds = {
  users: readonly { email: string; name: string; role: string; team?: string | undefined }[]
  integrations: readonly { name: string; clientId: string }[]
}

/**
 * Gives a tenant its roles, teams and first users. What is there already stays as it is, so it can run at every deployment;
 * roles of an earlier release learn of the objects that came since.
 * @throws Error naming a role that a user is given but that does not exist.
 */
export async function seedTenant(ctx: Context, seeds: Seeds): Promise<{ created: number }> {
  const counter = { created: 0 }
  const roles = await seedNamed(ctx, counter, 'role', seedRoles)
  for (const { name, permissions } of seedRoles) await extendRole(ctx, { id: idOf(roles, name), permissions })
  const teamNames = [...new Set(seeds.users.flatMap(user => user.team ?? []))]
  const teams = await seedNamed(
    ctx,
    counter,
    'team',
    teamNames.map(name => ({ name })),
  )
  const gone = await deletedEmails(ctx)
  for (const { email, name, role, team } of seeds.users.filter(user => !gone.has(user.email))) {
    const input = { email, name, roleId: idOf(roles, role), ...(team ? { teamId: idOf(teams, team) } : {}) }
    await seedRecord(ctx, counter, 'user', { field: 'email', value: email }, input)
  }
  for (const { name, clientId } of seeds.integrations) {
    const email = `${name}@integrations.invalid`
    const input = { email, name, clientId, roleId: idOf(roles, 'integration') }
    await seedRecord(ctx, counter, 'user', { field: 'email', value: email }, input)
  }
  return counter
}

/** E-mail addresses of users in the recycle bin: who has left does not come back with the next deployment. */
async function deletedEmails(ctx: Context): Promise<Set<string>> {
  const emails = new Set<string>()
  let cursor: string | undefined
  do {
    const query = { limit: 200, trash: true, cursor }
    const { items, nextCursor } = await findRecords(ctx, { object: definitionOf(ctx, 'user'), query })
    for (const item of items) emails.add(String(item['email']))
    cursor = nextCursor
  } while (cursor !== undefined)
  return emails
}

async function seedNamed(
  ctx: Context,
  counter: { created: number },
  object: string,
  inputs: readonly (JsonObject & { name: string })[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const input of inputs) {
    const unique = { field: 'name', value: input.name }
    ids.set(input.name, await seedRecord(ctx, counter, object, unique, input))
  }
  return ids
}

/** The id of the record with this unique value, made if it is not there. */
async function seedRecord(
  ctx: Context,
  counter: { created: number },
  objectName: string,
  unique: { field: string; value: string },
  input: JsonObject,
): Promise<string> {
  const object = definitionOf(ctx, objectName)
  const key = { ...unique, value: unique.value.normalize('NFKC').toLowerCase() }
  const existing = await readUniqueHolder(ctx.store, object.name, key)
  if (existing) return existing
  try {
    const { id } = await createRecord(ctx, { object, input })
    counter.created += 1
    return id
  } catch (error) {
    // Another deployment seeds at the same moment.
    const holder = await readUniqueHolder(ctx.store, object.name, key)
    if (!(error instanceof CrmError) || !holder) throw error
    return holder
  }
}

function definitionOf(ctx: Context, name: string): ObjectDefinition {
  const object = ctx.objects.byName.get(name)
  if (!object) throw new Error(`There is no object ${name}.`)
  return object
}

function idOf(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name)
  if (!id) throw new Error(`There is no role or team ${name}: the tenant file names it.`)
  return id
}
