import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Api, type Caller, check, type JsonBody } from '../http.ts'
import { heading, say, table } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** A run over 4,000 records takes less than a minute; a busy machine gets three. */
const patienceMs = 180_000
const pauseMs = 300

/** More tasks than people can do in a fortnight are no plan: the tenant's policy says how many a run may make. */
const policy = { refresh: { mostPerRun: 60, dueWithinDays: 14 } }

/** The cleanup on demand, first as a dry run; the score before and after, the tasks it made, one of them done; and all of it undone. */
export async function showCleanup({ api, cast }: Stage): Promise<void> {
  heading('Cleanup 数据清洗: tried, done, and undone 试运行、执行与撤销')
  const as = cast.admin
  await api.show({ as, method: 'PATCH', path: '/v1/settings', body: policy }, 200, ({ json }) => {
    return `${json.refresh.mostPerRun} tasks a run at most; the cleanup comes ${json.cleanup.frequency} at ${json.cleanup.time}`
  })
  const tried = await run(api, as, true)
  const done = await run(api, as, false)
  check(
    isDeepStrictEqual(tried.report.counts, done.report.counts) &&
      isDeepStrictEqual(tried.report.fixesByKind, done.report.fixesByKind),
    `the dry run counts what the real one does: ${JSON.stringify([tried.report, done.report])}`,
  )
  sayReport(done)
  await showPlan(api, as, done.report.refresh.planId)
  await undo(api, as, done)
}

async function run(api: Api, as: Caller, dryRun: boolean): Promise<JsonBody> {
  const body = { kind: 'cleanup', dryRun }
  const { json } = await api.show({ as, method: 'POST', path: '/v1/maintenance/runs', body }, 202, gist)
  return ended(api, as, json.id)
}

async function ended(api: Api, as: Caller, id: string): Promise<JsonBody> {
  const started = performance.now()
  while (performance.now() - started < patienceMs) {
    const { json } = await api.send({ as, method: 'GET', path: `/v1/maintenance/runs/${id}` }, 200)
    if (json.state === 'succeeded' || json.state === 'undone') return json
    check(json.state === 'running' || json.state === 'undoing', `${id} goes well: it is ${JSON.stringify(json)}`)
    await sleep(pauseMs)
  }
  throw new Error(`${id} has not ended within ${patienceMs / 1000} s`)
}

function gist({ json }: { json: JsonBody }): string {
  return `${json.id}: ${json.state}`
}

function sayReport({ report }: JsonBody): void {
  const { counts, fixesByKind, findingsByRule, quality, duplicates } = report
  check(counts.fixed > 0 && counts.tasks > 0, 'dirt is mended and tasks are made')
  const scores = Object.entries<JsonBody>(quality.objects).filter(([, { records }]) => records > 0)
  table([
    ['quality 质量', 'records', 'before', 'after', 'below the threshold'],
    ...scores.map(([object, { records, before, after, belowThreshold }]) =>
      [object, records, before, after, belowThreshold].map(String),
    ),
  ])
  say(
    `mended 已修复: ${counts.fixed} records (${listed(fixesByKind)}); found for people 待人处理: ${listed(findingsByRule)}`,
  )
  say(
    `groups of duplicates: ${duplicates.groups}; due to be verified 待核实: ${counts.stale}, of which ${counts.tasks} are tasks now`,
  )
}

function listed(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}

/** How far the owners are with the tasks, before and after one of them is done by verifying its record. */
async function showPlan(api: Api, as: Caller, id: string): Promise<void> {
  const path = `/v1/refresh-plans/${id}`
  const how = ({ json }: { json: JsonBody }) =>
    `${json.done} of ${json.total} done, ${json.percentage} %, due by ${json.dueBy}`
  const before = await api.show({ as, method: 'GET', path }, 200, how)
  const filter = encodeURIComponent(`record.refreshPlanId == "${id}" && record.status == "planned"`)
  const { json } = await api.send({ as, method: 'GET', path: `/v1/activities?filter=${filter}&limit=1` }, 200)
  const [task] = json.items
  say(`a task 任务: ${task.subject} (due ${task.dueAt})`)
  const verify = {
    as,
    method: 'POST',
    path: `/v1/customers/${task.customerId}/verify`,
    body: { note: '电话确认无误' },
  } as const
  await api.show(verify, 200, ({ json: customer }) => `last verified ${customer.lastVerifiedAt}`)
  const after = await api.show({ as, method: 'GET', path }, 200, how)
  check(after.json.done === before.json.done + 1, 'verifying a record does its task')
}

async function undo(api: Api, as: Caller, { id, report }: JsonBody): Promise<void> {
  const items = await reportItems(api, as, id)
  const [fixed] = items.filter(({ kind }: JsonBody) => kind === 'fixed')
  const [fix] = fixed.fixes
  say(`one fix 一处修复: ${fixed.id.slice(-6)} ${fix.field}: ${shown(fix.from)} -> ${shown(fix.to)}`)
  await api.show({ as, method: 'POST', path: `/v1/maintenance/runs/${id}/undo` }, 202, gist)
  const { undo: did } = await ended(api, as, id)
  check(did.reverted + did.conflicts === report.counts.fixed, `every fix is undone or told: ${JSON.stringify(did)}`)
  const path = `/v1/${fixed.object}s/${fixed.id}?fields=${fix.field}`
  const { json } = await api.send({ as, method: 'GET', path }, 200)
  check(isDeepStrictEqual(json[fix.field], fix.from), 'the field is what it was')
  say(
    `${did.reverted} records have back what they had, ${did.tasksRemoved} tasks are gone; the one that was done stays 逐条撤销`,
  )
}

/** As much of a value as fits on a line. */
function shown(value: JsonBody): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

async function reportItems(api: Api, as: Caller, id: string): Promise<JsonBody[]> {
  const path = `/v1/maintenance/runs/${id}/report`
  const { json } = await api.send({ as, method: 'GET', path }, 200)
  const file = await fetch(json.url)
  check(file.ok, `the report of ${id} can be read`)
  const report: JsonBody = await file.json()
  return report.items
}
