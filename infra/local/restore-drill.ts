import { parseArgs } from 'node:util'
import type { DrillReport } from '#schemas/api/backup-reports.ts'
import { openClient } from './client.ts'
import { followRun, tellEnd, tellFigures } from './follow-run.ts'

// npm run restore-drill [-- bkp_01...] : has the running local stack restore a backup into a scratch table and compare it.

const { values: flags, positionals } = parseArgs({
  options: { as: { type: 'string', default: 'admin@example.com' } },
  allowPositionals: true,
})

try {
  const [backupId] = positionals
  const client = await openClient(flags.as)
  const run = await followRun(client, 'Drill', { kind: 'restoreDrill', ...(backupId && { backupId }) })
  tellEnd('Restore drill', run)
  if (run.kind === 'restoreDrill' && run.report) tell(run.report)
  if (run.state !== 'succeeded') process.exitCode = 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function tell({ backupId, chain, cutOffAt, compared, explained, readChecks, ...report }: DrillReport): void {
  tellFigures([
    ['backup', backupId],
    ['state of', cutOffAt],
    ['backups restored', chain.length],
    ['RPO: lost at worst, seconds', report.rpoSeconds.toFixed(1)],
    ['RTO: until readable, seconds', report.rtoSeconds.toFixed(1)],
    ['records compared', compared.records],
    ['changes compared', compared.changes],
    ['derived entries compared', compared.derived],
    ...Object.entries(explained).map(([reason, count]): [string, number] => [`  explained: ${reason}`, count]),
    ['differences', report.differences],
    ['read checks', `${readChecks.done - readChecks.failed} of ${readChecks.done}`],
  ])
  for (const { record, code, detail } of report.examples) console.log(`  ${record} ${code}: ${detail}`)
  for (const { detail } of report.problems) console.log(`  ${detail}`)
  if (report.signature) console.log(`  signed: ${report.signature.key} (${report.signature.algorithm})`)
}
