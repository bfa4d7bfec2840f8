import { backupDefinition } from '#functions/workflows/backup/definition.ts'
import { drillDefinition } from '#functions/workflows/drill/definition.ts'
import { dynamoDbIntegrations } from '#infra/local/engines/stepfunctions/dynamodb-tasks.ts'
import type { Machine } from '#infra/local/engines/stepfunctions/machine.ts'
import { runStates } from '#infra/local/engines/stepfunctions/run-states.ts'
import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import { backupFiles } from '#lib/backup/backup-files.ts'
import { catalogueBackup } from '#lib/backup/catalogue-backup.ts'
import { expireBackups } from '#lib/backup/expire-backups.ts'
import { failBackup } from '#lib/backup/fail-backup.ts'
import { inspectExport } from '#lib/backup/inspect-export.ts'
import { keepRefusal } from '#lib/backup/keep-refusal.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { planBackup } from '#lib/backup/plan-backup.ts'
import { reportBackup } from '#lib/backup/report-backup.ts'
import { openVault } from '#lib/backup/vault.ts'
import { verifyExport } from '#lib/backup/verify-export.ts'
import { watchCopy } from '#lib/backup/watch-copy.ts'
import { loadRun } from '#lib/cleanup/run-job.ts'
import { applyIncrements } from '#lib/drill/apply-increments.ts'
import { checkReads } from '#lib/drill/check-reads.ts'
import { comparePartition } from '#lib/drill/compare-partition.ts'
import { digestSegment } from '#lib/drill/digest-segment.ts'
import { drillFiles } from '#lib/drill/drill-files.ts'
import { readDrillPlan } from '#lib/drill/drill-work.ts'
import { endDrill } from '#lib/drill/end-drill.ts'
import { failDrill } from '#lib/drill/fail-drill.ts'
import { planDrill } from '#lib/drill/plan-drill.ts'
import { verifyShare } from '#lib/drill/verify-share.ts'
import { isRefusal } from '#lib/errors.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { isPassing } from '#lib/runtime/outage.ts'
import { createStore, openTable, type Store } from '#lib/store/table.ts'
import type { JsonObject } from '#schemas/json.ts'
import { run } from '#schemas/system/run.ts'
import { type BackupGround, filesBucket, filesCopyBucket, region } from './backup-ground.ts'
import { memoryFiles } from './memory-files.ts'
import { scratchBucket } from './vault.ts'

/** What a test does to a run. */
export type Meddling = {
  ctx?: Context
  /** Called before each time that a step or a call of DynamoDB runs, by its name and how many times it has; makes it fail by throwing. */
  before?(step: string, times: number): void | Promise<void>
  /** What the workflow's role is allowed. */
  may?(action: string): boolean
  /** Where the workflow exports to, or imports from. */
  bucket?: string
  request?: JsonObject
}

/** How a run ended, and the steps and calls that it made, in order. */
export type Ended = { id: string; error: string | undefined; ran: string[]; fields: JsonObject }

type Steps = Record<string, (input: JsonObject) => Promise<unknown>>

/** What names of scratch tables begin with. */
export const tablePrefix = 'evergreen-test-drill-'

const remainingMs = () => 900_000
const places = ({ bucket = scratchBucket }: Meddling) => ({
  bucket,
  keyArn: `arn:aws:kms:${region}:000000000000:key/1`,
})

/** A backup from its record to its end: its own definition over its steps' own work. */
export async function backUp(ground: BackupGround, meddling: Meddling = {}): Promise<Ended> {
  const { ctx = ground.context(), request = { full: true } } = meddling
  const id = await startedRun(ctx, { kind: 'backup', request })
  const work = { ...toolsOf(ground), files: memoryFiles(), fileVersions: openVault(filesBucket) }
  const tableArn = `arn:aws:dynamodb:${region}:000000000000:table/Records`
  const names = arnsOf(['plan', 'inspect', 'verify', 'catalogue', 'copy', 'end', 'fail'])
  const definition = backupDefinition(names, { ...places(meddling), tableArn })
  const steps = keeping(backupSteps({ ctx, ground, work, id }), work.files, backupFiles.failure(id))
  return runDefinition(ground, { id, definition, steps, meddling, ctx })
}

/** A restore drill from its record to its end. */
export async function drill(ground: BackupGround, meddling: Meddling = {}): Promise<Ended> {
  const { ctx = ground.context(), request } = meddling
  const id = await startedRun(ctx, { kind: 'restoreDrill', ...(request && { request }) })
  const work = { ...toolsOf(ground), files: memoryFiles(), tablePrefix }
  const names = arnsOf(['plan', 'verify', 'increments', 'digest', 'compare', 'reads', 'end', 'fail'])
  const definition = drillDefinition(names, places(meddling))
  const steps = keeping(drillSteps({ ctx, work, id }), work.files, drillFiles.failure(id))
  return runDefinition(ground, { id, definition, steps, meddling, ctx })
}

const toolsOf = ({ vault, evidence }: BackupGround) => ({ vault, evidence })

type BackupParts = {
  ctx: Context
  ground: BackupGround
  work: BackupWork & Pick<BackupGround, 'evidence'>
  id: string
}

function backupSteps({ ctx, ground: { copy }, work, id: runId }: BackupParts): Steps {
  return {
    plan: input => planBackup(ctx, work, { runId, table: input['table'] }),
    inspect: input => {
      const { arn } = input['export'] as { arn: string }
      return inspectExport(ctx, work, { runId, exportArn: arn })
    },
    verify: input => verifyExport(work, { ...(input as unknown as Parameters<typeof verifyExport>[1]), remainingMs }),
    catalogue: () => catalogueBackup(ctx, work, runId),
    copy: input =>
      watchCopy(
        ctx,
        { ...work, copy, filesCopy: openVault(filesCopyBucket) },
        { ...(input as unknown as Parameters<typeof watchCopy>[2]), remainingMs },
      ),
    end: async () => {
      const expired = await expireBackups(ctx, work, { remainingMs })
      await reportBackup(ctx, work, { runId, expired })
    },
    fail: input => failBackup(ctx, work, { runId, failure: failureIn(input) }),
  }
}

type DrillParts = { ctx: Context; work: Parameters<typeof endDrill>[1]; id: string }

function drillSteps({ ctx, work, id: runId }: DrillParts): Steps {
  const there = async () => ({ ...work, restored: await restoredBy(work.files, runId) })
  return {
    plan: () => planDrill(ctx, work, runId),
    verify: input => verifyShare(work, input as unknown as Parameters<typeof verifyShare>[1]),
    increments: async input => {
      const { bytes } = input['import'] as { bytes: number }
      const { next } = (input['applied'] ?? { next: 0 }) as { next: number }
      return applyIncrements(ctx, await there(), { runId, next, importedBytes: bytes, remainingMs })
    },
    digest: async input =>
      digestSegment(ctx, await there(), { ...(input as unknown as Parameters<typeof digestSegment>[2]), remainingMs }),
    compare: async input => comparePartition(ctx, await there(), { runId, partition: Number(input['partition']) }),
    reads: async () => {
      await checkReads(ctx, await there(), { runId })
      return { runId }
    },
    end: () => endDrill(ctx, work, runId),
    fail: input => failDrill(ctx, work, { runId, failure: failureIn(input) }),
  }
}

async function restoredBy(files: Files, runId: string): Promise<Store> {
  return createStore(openTable((await readDrillPlan(files, runId)).table))
}

/** Writes the record of a run that has started, as the API does before its workflow begins. */
async function startedRun(ctx: Context, about: { kind: string; request?: JsonObject }): Promise<string> {
  const [id, at] = [ctx.ids.next('run'), ctx.clock.now().toISOString()]
  const fields = { ...about, state: 'running', dryRun: false, startedAt: at, requestedBy: ctx.actor.id }
  await writeRecord(ctx, () => planOnce(ctx, run, { id, fields, at }), {})
  return id
}

/** As the functions do: why a step was refused is kept for the one that ends the run. */
function keeping(steps: Steps, files: Files, key: string): Steps {
  const kept = Object.entries(steps).map(([name, work]): [string, Steps[string]] => [
    name,
    name === 'fail' ? work : input => keepRefusal(files, key, () => work(input)),
  ])
  return Object.fromEntries(kept)
}

type Execution = { id: string; definition: object; steps: Steps; meddling: Meddling; ctx: Context }

async function runDefinition(
  ground: BackupGround,
  { id, definition, steps, meddling, ctx }: Execution,
): Promise<Ended> {
  const ran: string[] = []
  const caller = { principal: 'test', may: meddling.may ?? (() => true), callDynamoDb: ground.transfers.call }
  const runTask = async (resource: string, input: unknown) => {
    const name = resource.split(':').at(-1) ?? ''
    ran.push(name)
    try {
      await meddling.before?.(name, ran.filter(each => each === name).length)
      const call = dynamoDbIntegrations[resource.replace('arn:aws:states:::', '')]
      if (call) return await call(JSON.parse(JSON.stringify(input)), caller)
      return JSON.parse(JSON.stringify((await steps[name]?.(input as JsonObject)) ?? {}))
    } catch (error) {
      throw error instanceof TaskError ? error : new TaskError(nameOf(error), messageOf(error))
    }
  }
  const text = JSON.stringify(definition)
    .replaceAll('"IntervalSeconds":2', '"IntervalSeconds":0.001')
    .replaceAll('"SecondsPath":"$.pollSeconds"', '"Seconds":0.01')
  const machine: Machine = JSON.parse(text)
  const scope = { context: {}, signal: new AbortController().signal, runTask, record: () => undefined }
  const error = await runStates(machine, { runId: id }, scope).then(
    () => undefined,
    (reason: unknown) => (reason instanceof Error ? reason.name : String(reason)),
  )
  const { fields } = await loadRun(ctx, id)
  return { id, error, ran, fields }
}

function arnsOf<Name extends string>(names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map(name => [name, name])) as unknown as Record<Name, string>
}

function failureIn(input: JsonObject): { name: string; message: string } {
  const { Error: name, Cause } = input['failure'] as { Error: string; Cause: string }
  return { name, message: Cause }
}

/** As functions/edge/step.ts names errors. */
function nameOf(error: unknown): string {
  if (isRefusal(error)) return 'Refused'
  return isPassing(error) ? 'Unavailable' : 'Internal'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
