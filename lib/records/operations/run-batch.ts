import { CrmError, invalid, invalidAt } from '#lib/errors.ts'
import { type CheckNew, createRecord, planCreate } from '#lib/records/operations/create-record.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { planRemove, removeRecord } from '#lib/records/operations/remove-record.ts'
import { planUpdate, updateRecord } from '#lib/records/operations/update-record.ts'
import { planUpsert, upsertRecord } from '#lib/records/operations/upsert-record.ts'
import { atPlace } from '#lib/records/place.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { RecordView } from '#lib/records/view.ts'
import { type Written, writeRecords } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** One thing to do in a batch. */
export type BatchOperation =
  | { op: 'create'; record: unknown }
  | { op: 'update'; id: string; patch: unknown; ifVersion?: number | undefined }
  | { op: 'delete'; id: string; ifVersion?: number | undefined }
  | { op: 'upsert'; system: string; externalId: string; record: unknown }
  | { op: 'get'; id: string }

/** Up to 100 operations on one object; atomic: all or none. */
export type BatchRequest = {
  object: ObjectDefinition
  atomic: boolean
  operations: readonly BatchOperation[]
  checkNew?: CheckNew | undefined
  dryRun?: boolean | undefined
}

/** What became of one operation. */
export type BatchResult = { written: Written } | { record: RecordView; version: number } | { error: CrmError }

/** 8 writes under way at once keep the table busy without crowding out other requests. */
const parallel = 8

/**
 * Runs a batch. Not atomic: each operation stands alone and is safe to retry with the batch's Idempotency-Key.
 * Atomic: one transaction of at most 100 stored items, or nothing.
 * @throws CrmError for an atomic batch, with pointers that start with the operation's place.
 */
export function runBatch(ctx: Context, request: BatchRequest): Promise<BatchResult[]> {
  return request.atomic ? runAtomic(ctx, request) : runEach(ctx, request)
}

async function runEach(ctx: Context, request: BatchRequest): Promise<BatchResult[]> {
  const results: BatchResult[] = []
  await inParallel(request.operations.entries(), parallel, async ([i, operation]) => {
    results[i] = await runOne(forOperation(ctx, i), request, operation)
  })
  return results
}

async function runOne(ctx: Context, request: BatchRequest, operation: BatchOperation): Promise<BatchResult> {
  const { object, dryRun, checkNew } = request
  try {
    if (operation.op === 'get') return await getRecord(ctx, { object, id: operation.id })
    return { written: await writeOne(ctx, { object, dryRun, checkNew }, operation) }
  } catch (error) {
    if (error instanceof CrmError) return { error }
    throw error
  }
}

function writeOne(
  ctx: Context,
  base: Pick<BatchRequest, 'object' | 'dryRun' | 'checkNew'>,
  operation: Exclude<BatchOperation, { op: 'get' }>,
): Promise<Written> {
  if (operation.op === 'create') return createRecord(ctx, { ...base, input: operation.record })
  if (operation.op === 'upsert') return upsertRecord(ctx, { ...base, ...operation, input: operation.record })
  const ifVersions = versions(operation.ifVersion)
  if (operation.op === 'delete') return removeRecord(ctx, { ...base, id: operation.id, ifVersions })
  return updateRecord(ctx, { ...base, id: operation.id, patch: operation.patch, ifVersions })
}

async function runAtomic(ctx: Context, request: BatchRequest): Promise<BatchResult[]> {
  const { operations } = request
  if (operations.some(operation => operation.op === 'get'))
    throw invalidAt('/operations', 'invalid_operation', 'An atomic batch only writes; read with atomic: false.')
  checkOncePerRecord(operations)
  const isConditional = operations.some(operation => 'ifVersion' in operation && operation.ifVersion !== undefined)
  const options = { dryRun: request.dryRun, isConditional }
  const written = await writeRecords(ctx, () => planAll(ctx, request), options)
  return written.map(each => ({ written: each }))
}

function planAll(ctx: Context, request: BatchRequest): Promise<Plan[]> {
  return Promise.all(
    request.operations.map(async (operation, i) => {
      const place = `/operations/${i}`
      return { ...(await atPlace(place, () => planOne(ctx, request, operation))), place }
    }),
  )
}

function planOne(ctx: Context, { object, checkNew }: BatchRequest, operation: BatchOperation): Promise<Plan> {
  if (operation.op === 'create') return planCreate(ctx, { object, input: operation.record, checkNew })
  if (operation.op === 'upsert') return planUpsert(ctx, { object, ...operation, input: operation.record, checkNew })
  if (operation.op === 'get') throw invalidAt('', 'invalid_operation', 'An atomic batch only writes.')
  const ifVersions = versions(operation.ifVersion)
  if (operation.op === 'delete') return planRemove(ctx, { object, id: operation.id, ifVersions })
  return planUpdate(ctx, { object, id: operation.id, patch: operation.patch, ifVersions })
}

function checkOncePerRecord(operations: readonly BatchOperation[]): void {
  const ids = operations.map(operation => ('id' in operation ? operation.id : undefined))
  const problems = ids.flatMap((id, i) => {
    if (id === undefined || ids.indexOf(id) === i) return []
    const detail = `Operation ${ids.indexOf(id)} changes ${id} already; an atomic batch may change a record once.`
    return [{ pointer: `/operations/${i}/id`, code: 'repeated_record', detail }]
  })
  if (problems.length > 0) throw invalid(problems)
}

/** Each operation of a batch has its own key, so that a retry of the batch repeats only what was not done. */
function forOperation(ctx: Context, index: number): Context {
  if (!ctx.idempotency) return ctx
  const { key, requestHash } = ctx.idempotency
  return { ...ctx, idempotency: { key: `${key}/${index}`, requestHash } }
}

function versions(ifVersion: number | undefined): number[] | undefined {
  return ifVersion === undefined ? undefined : [ifVersion]
}
