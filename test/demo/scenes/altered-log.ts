import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { gunzipSync, gzipSync } from 'node:zlib'
import { scratchRoot } from '../../support/scratch.ts'
import { check } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/**
 * Beyond the next full hour, wherever earlier scenes have moved the clock to. In the first five minutes of an hour the digest
 * that comes next is of the hour before: then once more.
 */
const aheadMs = [3 * 3_600_000, 4 * 3_600_000]

/**
 * The hour's signed digest is written by a moved clock; the log is handed to an auditor as files, who checks them without the
 * CRM. One line of the copy is altered: the check names the file.
 */
export async function showAlteredLog({ api, cast, laptop, customer }: Stage): Promise<void> {
  heading('The access log cannot be altered unseen 访问日志不可暗改')
  const path = `/v1/customers/${customer.id}?fields=name`
  await api.show({ as: cast.manager, method: 'GET', path }, 200, ({ json }) => `${json.name}, as the log will tell`)
  await laptop.drain({ isWhole: true })
  say('The clock is moved ahead, past the full hour: what happened gets its signed digest 调快时钟, 签发摘要')
  for (const ms of aheadMs) {
    await laptop.moveClock(ms)
    await laptop.drain()
    await laptop.moveClock(0)
    const { json } = await api.send({ as: cast.auditor, method: 'GET', path: '/v1/access-log/verification' }, 200)
    if (json.logFiles?.intact > 0) break
  }
  await api.show({ as: cast.auditor, method: 'GET', path: '/v1/access-log/verification' }, 200, ({ json }) => {
    check(
      json.state === 'intact' && json.logFiles.intact > 0 && json.anchors > 0,
      `the log is intact: ${JSON.stringify(json)}`,
    )
    return `${json.state}: ${json.digests.intact} digests, ${json.logFiles.intact} files, ${json.events} events, ${json.anchors} anchor of the second region`
  })
  const copy = mkdtempSync(join(scratchRoot, 'evergreen-demo-log-'))
  try {
    await showCopy(laptop.dataDir, copy, customer.id)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

async function showCopy(dataDir: string, copy: string, customerId: string): Promise<void> {
  const downloaded = await commandLine(dataDir, ['download', copy], 'DIR')
  check(downloaded.code === 0, `the log can be downloaded: ${downloaded.output}`)
  const before = await commandLine(dataDir, ['verify', '--dir', copy], 'DIR')
  check(before.code === 0, `the copy is intact: ${before.output}`)
  const file = alterOneLine(copy, customerId)
  say(`One line of the copy is altered: who read ${customerId.slice(-6)} is somebody else now 改动一行`)
  const { code, output } = await commandLine(dataDir, ['verify', '--dir', copy], 'DIR')
  check(code === 1 && output.includes(file), `the altered file is named: ${output}`)
}

/** Runs `npm run access-log` and prints what it says, without its progress. */
async function commandLine(
  dataDir: string,
  args: string[],
  shownDir: string,
): Promise<{ code: number; output: string }> {
  const [verb = ''] = args
  say(`npm run access-log -- ${verb} ${verb === 'verify' ? '--dir ' : ''}${shownDir}`)
  const env = { ...process.env, EVERGREEN_DATA: dataDir }
  const result = await new Promise<{ code: number; output: string }>(resolve => {
    execFile(execPath, ['infra/local/access-log.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? 1 : 0, output: stdout + stderr })
    })
  })
  const lines = result.output.split('\n').filter(line => line !== '' && !/[█░]/.test(line))
  for (const line of lines) say(`  ${line.replaceAll(args.at(-1) ?? '', shownDir)}`)
  return result
}

/** Another name in the record of who read the customer; returns the key of the file. */
function alterOneLine(copy: string, customerId: string): string {
  const logs = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter(name => /_CloudTrail_.*gz$/.test(name))
  for (const name of logs) {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(copy, name))).toString())
    const line = Records.find((record: object) => JSON.stringify(record).includes(customerId))
    if (!line) continue
    line.userIdentity = { ...line.userIdentity, userName: 'somebody else' }
    writeFileSync(join(copy, name), gzipSync(JSON.stringify({ Records })))
    return name.slice(name.indexOf('AWSLogs'))
  }
  throw new Error(`The log has nothing of ${customerId}`)
}
