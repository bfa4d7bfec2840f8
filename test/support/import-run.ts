import { importDefinition } from '#functions/workflows/import/definition.ts'
import type { Machine } from '#infra/local/engines/stepfunctions/machine.ts'
import { runStates } from '#infra/local/engines/stepfunctions/run-states.ts'
import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import { CrmError } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { createImport } from '#lib/transfer/imports/create-import.ts'
import { failImport } from '#lib/transfer/imports/fail-import.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import { importSegments } from '#lib/transfer/imports/import-segments.ts'
import { readFormat } from '#lib/transfer/imports/inspect-import.ts'
import { planSegments } from '#lib/transfer/imports/plan-segments.ts'
import { reportImport } from '#lib/transfer/imports/report-import.ts'
import { proposeMapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { JsonObject } from '#schemas/json.ts'
import { importJob } from '#schemas/system/import.ts'

/** Makes a step fail, as AWS would report it: its error's name, and its text. Called before each run of a step. */
export type Fault = (step: string, run: number) => { name: string; message: string } | undefined

/** Puts a file into a started import, as the API would. */
export async function startedJob(
  ctx: Context,
  files: Files,
  { csv, ...settings }: { csv: string } & JsonObject,
): Promise<string> {
  const { written } = await createImport(ctx, files, {})
  await files.write(importFiles.upload({ id: written.id }), csv)
  const job = await loadJob(ctx, importJob, written.id)
  const { format, sample, fileTag } = await readFormat(files, job, {})
  const target = ctx.objects.byName.get('contact')
  if (!target) throw new Error('no contacts')
  const { mapping } = proposeMapping(target, format.header, sample)
  await changeJob(ctx, { object: importJob, id: job.id }, () => ({
    state: 'running',
    startedAt: ctx.clock.now().toISOString(),
    target: 'contacts',
    onDuplicate: 'create',
    dryRun: false,
    format,
    mapping,
    fileTag,
    ...settings,
  }))
  return job.id
}

/** Runs the import workflow's own definition over the steps' own work, retries without waiting. */
export async function runImportWorkflow(
  ctx: Context,
  files: Files,
  { id, fault = () => undefined }: { id: string; fault?: Fault },
): Promise<{ error: string | undefined; ran: string[] }> {
  const ran: string[] = []
  const steps: Record<string, (input: JsonObject) => Promise<unknown>> = {
    split: async input => ({ ...input, ...(await planSegments(ctx, files, { importId: id, actorId: ctx.actor.id })) }),
    importSegments: async input =>
      importSegments(ctx, files, {
        id,
        first: Number(input['first']),
        last: Number(input['last']),
        remainingMs: () => 900_000,
      }),
    report: async () => reportImport(ctx, files, { id }),
    fail: async input => {
      const { Error: name, Cause } = input['failure'] as { Error: string; Cause: string }
      await failImport(ctx, files, { id, failure: { name, message: Cause } })
    },
  }
  const runTask = async (resource: string, input: unknown) => {
    ran.push(resource)
    const failure = fault(resource, ran.filter(each => each === resource).length)
    if (failure) throw new TaskError(failure.name, failure.message)
    const output = await steps[resource]?.(input as JsonObject).catch(error => {
      throw new TaskError(nameOf(error), error.message)
    })
    return JSON.parse(JSON.stringify(output ?? {}))
  }
  const plain = importDefinition({ split: 'split', importSegments: 'importSegments', report: 'report', fail: 'fail' })
  const machine: Machine = JSON.parse(
    JSON.stringify(plain).replaceAll('"IntervalSeconds":2', '"IntervalSeconds":0.001'),
  )
  const scope = { context: {}, signal: new AbortController().signal, runTask, record: () => undefined }
  try {
    await runStates(machine, { importId: id, actorId: ctx.actor.id }, scope)
    return { error: undefined, ran }
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error), ran }
  }
}

/** As functions/edge/step.ts names errors. */
function nameOf(error: unknown): string {
  if (!(error instanceof CrmError) || error.code === 'internal') return 'Internal'
  return error.code === 'unavailable' ? 'Unavailable' : 'Refused'
}
