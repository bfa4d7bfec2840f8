import { readSum } from '#lib/cleanup/part-files.ts'
import { resumeLane } from '#lib/cleanup/resume-lane.ts'
import { lastKey, type RunPlan, readPlan, runFiles, type SegmentHead } from '#lib/cleanup/run-files.ts'
import { stateOf } from '#lib/cleanup/run-job.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import { estimateCost } from '#lib/maintenance/cost-estimate.ts'
import { stepsOf } from '#lib/maintenance/run-steps.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { RunStep } from '#schemas/api/maintenance.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

const shown = ['kind', 'dryRun', 'requestedBy', 'startedAt', 'endedAt', 'report', 'failure', 'undo']

/** A run as the API shows it in a list. */
export function viewRun(record: StoredRecord): JsonObject {
  const { id, version, fields } = record
  const known = shown.flatMap((name): [string, Json][] => {
    const value = fields[name] ?? null
    return value === null ? [] : [[name, value]]
  })
  return { id, object: 'run', version, state: stateOf(record), ...Object.fromEntries(known), ...figuresOf(record) }
}

/** How long a run that has ended took, and what it cost. */
function figuresOf(record: StoredRecord): JsonObject {
  const { startedAt, endedAt } = record.fields
  const ms = Date.parse(String(endedAt ?? '')) - Date.parse(String(startedAt ?? ''))
  if (!(ms >= 0)) return {}
  const seconds = ms / 1_000
  const costEstimate = estimateCost(record, seconds)
  return { durationSeconds: seconds, ...(costEstimate && { costEstimate: plainJson(costEstimate) }) }
}

/** The same with how far each of its steps is: told by its record or, for a cleanup, by the files that the steps keep. */
export async function viewRunWithSteps(files: Files, record: StoredRecord): Promise<JsonObject> {
  const steps = record.fields['kind'] === 'cleanup' ? await cleanupSteps(files, record) : stepsOf(record)
  return { ...viewRun(record), steps: steps.map(plainJson) }
}

async function cleanupSteps(files: Files, record: StoredRecord): Promise<RunStep[]> {
  const isOver = !['running', 'canceling'].includes(stateOf(record))
  const plan = (await files.head(runFiles.plan(record.id))) ? await readPlan(files, record.id) : undefined
  const steps: RunStep[] = [{ name: 'plan', state: plan ? 'done' : 'running' }]
  if (plan) steps.push(await evaluateStep(files, plan))
  steps.push(...(plan ? await partSteps(files, plan) : []))
  steps.push({ name: 'report', state: (await files.head(runFiles.report(record.id, 'json'))) ? 'done' : 'waiting' })
  return withPlaces(steps, isOver)
}

async function evaluateStep(files: Files, { runId, lanes }: RunPlan): Promise<RunStep> {
  const heads = await Promise.all(lanes.map(lane => resumeLane(files, runId, lane)))
  const isDone = heads.every(head => head?.isLast)
  const count = heads.reduce((sum: number, head: SegmentHead | undefined) => sum + (head?.total.evaluated ?? 0), 0)
  return { name: 'evaluate', state: isDone ? 'done' : 'running', count }
}

async function partSteps(files: Files, plan: RunPlan): Promise<RunStep[]> {
  const { runId } = plan
  const duplicates = await readSum<{ groups: number }>(files, runId, 'duplicates')
  const refresh = await readSum<{ created: number }>(files, runId, 'refresh')
  const purges = await Promise.all(plan.lanes.map(lane => lastKey(files, runFiles.purged(runId, lane))))
  const step = (name: RunStep['name'], done: boolean, count?: number): RunStep => {
    return { name, state: done ? 'done' : 'waiting', ...(count !== undefined && { count }) }
  }
  return [
    step('duplicates', duplicates !== undefined, duplicates?.groups),
    plan.policy.refresh.enabled
      ? step('refresh', refresh !== undefined, refresh?.created)
      : { name: 'refresh', state: 'skipped' },
    step('purge', purges.length > 0 && purges.every(key => key !== undefined)),
  ]
}

/** The first step that is not done is the one at work; in a run that is over, those that never came were skipped. */
function withPlaces(steps: readonly RunStep[], isOver: boolean): RunStep[] {
  const names = ['plan', 'evaluate', 'duplicates', 'refresh', 'purge', 'report'] as const
  const known = new Map(steps.map(step => [step.name, step]))
  let isFirst = true
  return names.map((name): RunStep => {
    const step = known.get(name) ?? { name, state: 'waiting' }
    if (step.state === 'done' || step.state === 'skipped') return step
    const state = isOver ? 'skipped' : isFirst ? 'running' : 'waiting'
    isFirst = false
    return { ...step, state }
  })
}
