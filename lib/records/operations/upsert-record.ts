import { CrmError } from '#lib/errors.ts'
import { tidyText } from '#lib/records/fields/text-rules.ts'
import { type CheckNew, planCreate } from '#lib/records/operations/create-record.ts'
import { planUpdate } from '#lib/records/operations/update-record.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type Written, writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readUniqueHolder } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject } from '#schemas/json.ts'

/** A record named by another system's key; `ifAbsent` asks for creation only. */
export type UpsertRequest = {
  object: ObjectDefinition
  system: string
  externalId: string
  input: unknown
  ifVersions?: readonly number[] | undefined
  ifAbsent?: boolean | undefined
  checkNew?: CheckNew | undefined
  dryRun?: boolean | undefined
}

/**
 * Creates the record with this external id, or changes it when there is one: safe to repeat, so an ERP can just push.
 * @throws CrmError as create and update do; version_conflict with `ifAbsent` when it exists.
 */
export async function upsertRecord(ctx: Context, request: UpsertRequest): Promise<Written> {
  const options = { dryRun: request.dryRun, isConditional: request.ifVersions !== undefined }
  const write = () => writeRecord(ctx, () => planUpsert(ctx, request), options)
  try {
    return await write()
  } catch (error) {
    // Two upserts of a new key at once: the loser finds the winner's record, and changes it.
    const isRace = error instanceof CrmError && error.code === 'unique_violation'
    if (!isRace || (await holderOf(ctx, request)) === undefined) throw error
    return write()
  }
}

/** Works out an upsert without writing it. */
export async function planUpsert(ctx: Context, request: UpsertRequest): Promise<Plan> {
  const { object, input, ifVersions, ifAbsent, checkNew } = request
  const id = await holderOf(ctx, request)
  if (id === undefined && ifVersions === undefined)
    return planCreate(ctx, { object, input: withExternalId(request), checkNew })
  if (id === undefined || ifAbsent) throw conditionFailed(request)
  // A list of external ids replaces the old one; the id that the record is named by stays in it.
  const patch = isJsonObject(input) && 'externalIds' in input ? withExternalId(request) : input
  return planUpdate(ctx, { object, id, patch, ifVersions })
}

function holderOf(ctx: Context, { object, system, externalId }: UpsertRequest): Promise<string | undefined> {
  // As the field stores them.
  const value = `${tidyText(system)}:${tidyText(externalId)}`
  return readUniqueHolder(ctx.store, object.name, { field: 'externalIds', value })
}

function withExternalId({ input, system, externalId }: UpsertRequest): unknown {
  if (!isJsonObject(input)) return input
  const others = Array.isArray(input['externalIds']) ? input['externalIds'] : []
  const isThere = others.some(each => isJsonObject(each) && each['system'] === system && each['id'] === externalId)
  return { ...input, externalIds: isThere ? others : [...others, { system, id: externalId }] }
}

function conditionFailed({ object, system, externalId, ifAbsent }: UpsertRequest): CrmError {
  const state = ifAbsent ? 'exists already' : 'does not exist'
  return new CrmError(
    'version_conflict',
    `The ${object.name} ${system}/${externalId} ${state}, against the request's condition.`,
  )
}
