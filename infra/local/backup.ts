import { parseArgs } from 'node:util'
import { openClient } from './client.ts'
import { followRun, tellEnd, tellFigures } from './follow-run.ts'

// npm run backup [-- --full] : has the running local stack make a backup, over its HTTP API.

const { values: flags } = parseArgs({
  options: { full: { type: 'boolean', default: false }, as: { type: 'string', default: 'admin@example.com' } },
})

try {
  const client = await openClient(flags.as)
  const run = await followRun(client, 'Backup', { kind: 'backup', ...(flags.full && { full: true }) })
  tellEnd('Backup', run)
  if (run.kind === 'backup' && run.report) {
    const { backupId, kind, cutOffAt, fromAt, items, files, bytes, copiedBytes, expired } = run.report
    tellFigures([
      ['backup', backupId],
      ['kind', kind],
      ['state of', cutOffAt],
      ...(fromAt === undefined ? [] : [['changes since', fromAt] as [string, string]]),
      ['items', items],
      ['files', files],
      ['bytes', bytes],
      ['bytes in the second region', copiedBytes],
      ['older ones deleted', expired],
    ])
    console.log('  prove it: npm run restore-drill')
  }
  if (run.state !== 'succeeded') process.exitCode = 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
