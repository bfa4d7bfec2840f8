import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { CleanupReport, CleanupRunView } from '#schemas/api/maintenance.ts'
import { type Client, openClient } from './client.ts'
import { createProgress } from './progress-bar.ts'

// npm run cleanup -- --dry-run : cleans the data of the running local stack, over its HTTP API.
// npm run cleanup -- --undo run_01... : takes a cleanup back.

const { values: flags } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    undo: { type: 'string' },
    as: { type: 'string', default: 'admin@example.com' },
  },
})

try {
  const client = await openClient(flags.as)
  const run = flags.undo === undefined ? await clean(client) : await takeBack(client, flags.undo)
  if (!['succeeded', 'undone'].includes(run.state)) process.exitCode = 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function clean(client: Client): Promise<CleanupRunView> {
  const { id } = await client.call<CleanupRunView>('POST', '/v1/maintenance/runs', { dryRun: flags['dry-run'] })
  const run = await follow(client, id, flags['dry-run'] ? 'Dry run' : 'Cleanup')
  console.log(`${run.dryRun ? 'Dry run' : 'Cleanup'} ${id}: ${run.state}${seconds(run)}`)
  if (run.failure) console.log(`  ${run.failure.detail}`)
  if (run.report) tell(run.report, run.dryRun)
  console.log(`  every item: GET /v1/maintenance/runs/${id}/report?format=csv`)
  if (!run.dryRun) console.log(`  take it back: npm run cleanup -- --undo ${id}`)
  return run
}

async function takeBack(client: Client, id: string): Promise<CleanupRunView> {
  await client.call('POST', `/v1/maintenance/runs/${id}/undo`, {})
  const run = await follow(client, id, 'Undoing')
  const { reverted = 0, unmerged = 0, tasksRemoved = 0, conflicts = 0, kept = 0 } = run.undo ?? {}
  console.log(`${id}: ${run.state}`)
  table([
    ['records given back', reverted],
    ['merges taken apart', unmerged],
    ['tasks taken back', tasksRemoved],
    ['changed since, left alone', conflicts],
    ['deleted for good, not back', kept],
  ])
  return run
}

async function follow(client: Client, id: string, title: string): Promise<CleanupRunView> {
  const progress = createProgress(title)
  for (;;) {
    const run = await client.call<CleanupRunView>('GET', `/v1/maintenance/runs/${id}`)
    const steps = run.steps ?? []
    const at = steps.find(({ state }) => state === 'running')
    const evaluated = steps.find(({ name }) => name === 'evaluate')?.count ?? 0
    const share = at ? steps.indexOf(at) / steps.length : 1
    progress.show(share, `${at ? at.name : run.state}, ${evaluated} records evaluated`)
    if (!['running', 'canceling', 'undoing'].includes(run.state)) {
      progress.end()
      return run
    }
    await sleep(200)
  }
}

function tell(
  { counts, fixesByKind, findingsByRule, quality, duplicates, refresh, problems }: CleanupReport,
  dry: boolean,
) {
  const score = (value: number | null) => (value === null ? '-' : value.toFixed(1))
  table([
    ['records evaluated', counts.evaluated],
    [dry ? 'records to fix' : 'records fixed', counts.fixed],
    ...Object.entries(fixesByKind).map(([kind, count]): [string, number] => [`  ${kind}`, count]),
    ['changed meanwhile', counts.skipped],
    ['fix refused', counts.refused],
    ['not to be evaluated', counts.poisoned],
    ['groups of duplicates', duplicates.groups],
    ['due to be verified', counts.stale],
    [dry ? 'tasks to make' : 'tasks made', refresh.created],
    [dry ? 'to delete for good' : 'deleted for good', counts.purged],
  ])
  console.log('  quality          before   after   below threshold')
  for (const [object, { before, after, belowThreshold, records }] of Object.entries(quality.objects))
    if (records > 0)
      console.log(
        `  ${object.padEnd(14)} ${score(before).padStart(8)}${score(after).padStart(8)}${String(belowThreshold).padStart(10)} of ${records}`,
      )
  const rules = Object.entries(findingsByRule).toSorted(([, a], [, b]) => b - a)
  console.log(`  findings: ${rules.map(([rule, count]) => `${rule} ${count}`).join(', ') || 'none'}`)
  for (const { id = '', detail } of problems.slice(0, 5)) console.log(`  ${id} ${detail}`)
}

function table(rows: [string, number][]): void {
  for (const [name, count] of rows) console.log(`  ${name.padEnd(28)}${String(count).padStart(9)}`)
}

function seconds({ startedAt, endedAt, report }: CleanupRunView): string {
  const took = (Date.parse(endedAt ?? '') - Date.parse(startedAt)) / 1000
  if (!(took > 0)) return ''
  return ` in ${took.toFixed(1)} s, ${Math.round((report?.counts.evaluated ?? 0) / took)} records/s`
}
