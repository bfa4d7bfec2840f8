import { existsSync, openAsBlob, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { ImportView } from '#schemas/api/jobs.ts'
import { type Client, openClient } from './client.ts'
import { createProgress } from './progress-bar.ts'

// npm run import -- people.csv --object contacts : imports a file into the running local stack, over its HTTP API.

const usage = `npm run import -- FILE --object customers|contacts|...
  [--on-duplicate skip|update|create] [--dry-run] [--mapping mapping.json] [--system NAME] [--encoding gb18030] [--as admin@example.com]`

type New = { id: string; upload: { url: string; method: string; headers: Record<string, string> } }

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    object: { type: 'string' },
    'on-duplicate': { type: 'string', default: 'skip' },
    'dry-run': { type: 'boolean', default: false },
    mapping: { type: 'string' },
    system: { type: 'string' },
    encoding: { type: 'string' },
    as: { type: 'string', default: 'admin@example.com' },
  },
})

try {
  const [file] = positionals
  if (file === undefined || flags.object === undefined) throw new Error(usage)
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
  const client = await openClient(flags.as)
  const job = await runImport(client, file)
  tell(job)
  if (job.counts.rejected > 0) await saveRejects(client, job, file)
  if (job.state !== 'succeeded') process.exitCode = 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function runImport(client: Client, file: string): Promise<ImportView> {
  const body = { fileName: basename(file), object: flags.object }
  const { id, upload } = await client.call<New>('POST', '/v1/imports', body)
  const sent = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: await openAsBlob(file) })
  if (!sent.ok) throw new Error(`The file could not be sent: ${sent.status} ${await sent.text()}`)
  await client.call('POST', `/v1/imports/${id}/start`, {
    object: flags.object,
    onDuplicate: flags['on-duplicate'],
    dryRun: flags['dry-run'],
    ...(flags.system && { system: flags.system }),
    ...(flags.encoding && { encoding: flags.encoding }),
    ...(flags.mapping && { mapping: JSON.parse(readFileSync(flags.mapping, 'utf8')) }),
  })
  const progress = createProgress(`Importing ${basename(file)}`)
  for (;;) {
    const job = await client.call<ImportView>('GET', `/v1/imports/${id}`)
    const { counts } = job
    progress.show(
      job.progress,
      `${counts.created + counts.updated + counts.skipped + counts.rejected} of ${counts.rows} rows`,
    )
    if (['succeeded', 'failed', 'canceled'].includes(job.state)) {
      progress.end()
      return job
    }
    await sleep(200)
  }
}

function tell({ id, state, counts, report, problem, dryRun, startedAt, endedAt }: ImportView): void {
  const seconds = (Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000
  const rate = seconds > 0 ? `, ${Math.round(counts.rows / seconds)} rows/s` : ''
  console.log(`${dryRun ? 'Dry run' : 'Import'} ${id}: ${state} in ${seconds.toFixed(1)} s${rate}`)
  for (const name of ['rows', 'created', 'updated', 'skipped', 'rejected'] as const)
    console.log(`  ${name.padEnd(9)} ${String(counts[name]).padStart(9)}`)
  if (problem) console.log(`  ${problem.detail}`)
  if (!report) return
  console.log(
    `  duplicates ${report.duplicates}, invalid e-mails ${report.invalidEmails}, invalid phones ${report.invalidPhones}`,
  )
  for (const { row, column, detail } of report.firstRejects.slice(0, 5))
    console.log(`  row ${row} ${column ?? ''}: ${detail}`)
}

async function saveRejects(client: Client, { id, counts }: ImportView, file: string): Promise<void> {
  const rejects = `${file.replace(/\.csv$/i, '')}.rejects.csv`
  writeFileSync(rejects, await client.text(`/v1/imports/${id}/rejects`))
  console.log(`  ${counts.rejected} rejected rows are in ${rejects}`)
}
