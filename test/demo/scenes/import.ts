import { setTimeout as sleep } from 'node:timers/promises'
import { makeDirtyFile } from '../dirty-file.ts'
import { type Api, type Caller, check, type JsonBody, type Reply } from '../http.ts'
import { readPeople } from '../people.ts'
import { heading, progress, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** An import of some 100 rows takes seconds; one that has not ended by then never will. */
const patienceMs = 180_000

/** A GB18030 file with dirt and with people who are here already: looked at, tried, imported, and taken back. */
export async function showImport({ api, cast }: Stage): Promise<void> {
  const file = makeDirtyFile(readPeople())
  heading(`Import 导入: a GB18030 file of ${file.rows} rows, ${file.known} known already, ${file.dirty} of them dirty`)
  const as = cast.admin
  const trial = await upload(api, as, file.bytes)
  await api.show({ as, method: 'POST', path: `${trial}/inspect`, body: { object: 'contacts' } }, 200, inspection)
  const tried = await run(api, as, { path: trial, body: { object: 'contacts', dryRun: true } })
  say(`  dry run: ${counts(tried)}`)

  const path = await upload(api, as, file.bytes)
  const done = await run(api, as, { path, body: { object: 'contacts' } })
  say(`  import: ${counts(done)}`)
  check(counts(done) === counts(tried), 'the dry run said what the import did')
  check(done.report.check.holds, 'rows in = created + updated + skipped + rejected')
  check(done.counts.skipped === file.known, 'everybody known already was skipped')
  check(done.counts.created === file.fresh, 'everybody new was created')
  const rejects = await api.text({ as, method: 'GET', path: `${path}/rejects` }, 200)
  say('rejected rows, back as a CSV with row number and reason 退回的行:')
  for (const line of rejects.trim().split(/\r?\n/).slice(0, 6)) say(`  ${line}`)

  await api.show({ as, method: 'POST', path: `${path}/undo` }, 202, ({ json }) => json.state)
  const undone = await whenEnded(api, as, path)
  say(`  undone: ${undone.undo.removed} removed, ${undone.undo.conflicts} left because changed since`)
  check(undone.undo.removed === file.fresh, 'undoing removed what was created')
}

async function upload(api: Api, as: Caller, bytes: Uint8Array): Promise<string> {
  const created = await api.show(
    { as, method: 'POST', path: '/v1/imports', body: { fileName: '老系统导出.csv', object: 'contacts' } },
    201,
    ({ json }) => `${json.state}: PUT the file to the presigned URL`,
  )
  const { url, method, headers } = created.json.upload
  const answer = await fetch(url, { method, headers, body: Uint8Array.from(bytes) })
  check(answer.ok, `the upload was taken (${answer.status})`)
  return `/v1/imports/${created.json.id}`
}

async function run(api: Api, as: Caller, { path, body }: { path: string; body: object }): Promise<JsonBody> {
  await api.show({ as, method: 'POST', path: `${path}/start`, body }, 202, ({ json }) => json.state)
  return whenEnded(api, as, path)
}

async function whenEnded(api: Api, as: Caller, path: string): Promise<JsonBody> {
  const started = performance.now()
  const shown = progress('import', 100)
  while (performance.now() - started < patienceMs) {
    const { json } = await api.send({ as, method: 'GET', path }, 200)
    shown.at(Math.round(json.progress * 100))
    if (!['running', 'undoing', 'canceling'].includes(json.state)) {
      shown.end()
      check(json.state !== 'failed', `the import did not fail: ${JSON.stringify(json.problem)}`)
      return json
    }
    await sleep(100)
  }
  throw new Error(`${path} did not end within ${patienceMs / 1000} s`)
}

function inspection({ json }: Reply): string {
  const mapped = Object.entries(json.mapping).map(([column, field]) => `${column} → ${field || '(left out)'}`)
  return `${json.format.encoding}, "${json.format.delimiter}": ${mapped.join(', ')}`
}

function counts({ counts: { rows, created, updated, skipped, rejected } }: JsonBody): string {
  return `${rows} rows = ${created} created + ${updated} updated + ${skipped} skipped + ${rejected} rejected`
}
