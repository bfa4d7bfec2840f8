import { parseArgs } from 'node:util'
import type * as z from 'zod'
import type { RunView, runPage } from '#schemas/api/maintenance.ts'
import { openClient } from './client.ts'

// npm run runs : prints the maintenance runs of the running local stack, the latest first, and when the next ones come.

const { values: flags } = parseArgs({
  options: { limit: { type: 'string', default: '20' }, as: { type: 'string', default: 'admin@example.com' } },
})

try {
  const client = await openClient(flags.as)
  const { items, schedules = [] } = await client.call<z.infer<typeof runPage>>(
    'GET',
    `/v1/maintenance/runs?limit=${flags.limit}`,
  )
  print(['run', 'kind', 'state', 'started', 'seconds', 'items', 'MB', 'USD'], items.map(rowOf))
  console.log('')
  print(
    ['next', 'kind'],
    schedules.map(({ kind, enabled, nextRunAt }) => [enabled ? (nextRunAt ?? '-') : 'switched off', kind]),
  )
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function rowOf(run: RunView): string[] {
  const { id, kind, state, startedAt, durationSeconds, costEstimate } = run
  const { items, bytes } = sizesOf(run)
  return [
    id,
    kind,
    state,
    startedAt,
    durationSeconds?.toFixed(1) ?? '-',
    items?.toString() ?? '-',
    bytes === undefined ? '-' : (bytes / 1_000_000).toFixed(1),
    costEstimate?.amount.toFixed(4) ?? '-',
  ]
}

function sizesOf({ kind, report }: RunView): { items?: number; bytes?: number } {
  if (kind === 'backup') return report ? { items: report.items, bytes: report.bytes } : {}
  if (kind === 'cleanup') return report ? { items: report.counts.evaluated } : {}
  if (kind === 'archive' && report) return { items: report.counts.records, bytes: report.bytes }
  if (kind !== 'restoreDrill' || !report) return {}
  const { records, changes, derived } = report.compared
  return { items: records + changes + derived, bytes: report.importedBytes }
}

function print(titles: string[], rows: string[][]): void {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map(row => row[i]?.length ?? 0)))
  for (const row of [titles, ...rows])
    console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
}
