import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openClient } from './client.ts'

// npm run export -- customers.csv --object customers : writes records of the running local stack into a file, over its HTTP API.

const usage = `npm run export -- FILE --object customers|contacts|...
  [--filter 'record.tier == "A"'] [--fields name,emails] [--format csv|ndjson] [--encoding utf-8|utf-8-bom|gb18030] [--as admin@example.com]`

type Job = {
  id: string
  state: string
  counts: { rows: number }
  problem?: { detail: string }
  download?: { url: string }
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    object: { type: 'string' },
    filter: { type: 'string' },
    fields: { type: 'string' },
    format: { type: 'string' },
    encoding: { type: 'string' },
    as: { type: 'string', default: 'admin@example.com' },
  },
})

try {
  const [file] = positionals
  if (file === undefined || flags.object === undefined) throw new Error(usage)
  const job = await runExport()
  if (!job.download) throw new Error(job.problem?.detail ?? `The export ${job.id} is ${job.state}.`)
  const answer = await fetch(job.download.url)
  if (!answer.ok || !answer.body) throw new Error(`The file could not be got: ${answer.status}`)
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(file))
  console.log(`${job.counts.rows} ${flags.object} are in ${file}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function runExport(): Promise<Job> {
  const client = await openClient(flags.as)
  const { object, filter, fields, format = 'csv', encoding } = flags
  const asked = await client.call<Job>('POST', '/v1/exports', {
    object,
    format,
    ...(encoding && { encoding }),
    ...(filter && { filter }),
    ...(fields && { fields: fields.split(',') }),
  })
  for (;;) {
    const job = await client.call<Job>('GET', `/v1/exports/${asked.id}`)
    if (job.state !== 'running') return job
    await sleep(200)
  }
}
