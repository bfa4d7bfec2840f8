import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { parseArgs, promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { openTrailFolder } from '#infra/local/access-log/trail-folder.ts'
import { keysByFingerprint } from '#lib/access-log/public-keys.ts'
import { verifyTrail } from '#lib/access-log/verify-trail.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { startProgress } from './progress.ts'

// npm run bench:access-log : how long verifying 1,000,000 events takes, beside reading, decompressing and hashing the same files. Ends 1 when a figure is not reached.

const usage = 'npm run bench:access-log -- [--events 1000000]'
/** The figure, for 1,000,000 events; and what a small machine can spare. */
const figures = { seconds: 60, peakMb: 500 }

const unpack = promisify(gunzip)
const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } })
const events = Number(values.events)
if (!Number.isInteger(events) || events < 1000)
  throw new Error(`--events must be a whole number of 1,000 or more.\n${usage}`)
const dir = mkdtempSync(join(tmpdir(), 'evergreen-bench-log-'))
try {
  process.exitCode = (await bench()) ? 0 : 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}

async function bench(): Promise<boolean> {
  console.log(
    `Verifying ${events} events; Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  )
  execFileSync(execPath, [join(import.meta.dirname, 'access-log-made.ts'), dir, String(events)], { stdio: 'inherit' })
  // Once before it is measured, so that neither finds the files colder than the other.
  await floor()
  const before = process.resourceUsage().maxRSS
  const verify = await verified()
  const after = process.resourceUsage().maxRSS
  const raw = await floor()
  const megabytes = (raw.bytes / 1_000_000).toFixed(0)
  console.log(`  floor: read, gunzip, sha256   ${seconds(raw.ms)} s for ${megabytes} MB in ${raw.files} files`)
  console.log(
    `  verify                        ${seconds(verify.ms)} s, ${Math.round((events / verify.ms) * 1000)} events/s`,
  )
  console.log(`  ratio                         ${(verify.ms / raw.ms).toFixed(2)}`)
  console.log(
    `  memory, peak                  ${Math.round(after / 1024)} MB (${Math.round(before / 1024)} before verifying)`,
  )
  const limitS = (figures.seconds * events) / 1_000_000
  const checks: [boolean, string][] = [
    [verify.isWhole, `all ${events} events seen, nothing found`],
    [verify.ms / 1000 <= limitS, `${seconds(verify.ms)} s <= ${limitS} s`],
    [after / 1024 <= figures.peakMb, `${Math.round(after / 1024)} MB <= ${figures.peakMb} MB`],
  ]
  for (const [isReached, text] of checks) console.log(`${isReached ? 'ok  ' : 'OVER'} ${text}`)
  return checks.every(([isReached]) => isReached)
}

async function verified(): Promise<{ ms: number; isWhole: boolean }> {
  const keys = join(dir, 'public-keys')
  const publicKeys = keysByFingerprint(readdirSync(keys).map(name => readFileSync(join(keys, name), 'utf8')))
  const progress = startProgress('verifying', events)
  const result = await verifyTrail(openTrailFolder(dir), {
    publicKeys,
    onProgress: ({ events: seen }) => progress.at(seen),
  })
  return { ms: progress.end(), isWhole: result.events === events && result.found === 0 }
}

/** The least that any verifier has to do. */
async function floor(): Promise<{ ms: number; bytes: number; files: number }> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(
    name => name.includes('/CloudTrail/') && name.endsWith('.gz'),
  )
  const progress = startProgress('floor', names.length)
  let bytes = 0
  let done = 0
  await inParallel(names, 4, async name => {
    const content = await unpack(await readFile(join(dir, name)), { chunkSize: 256 * 1024 })
    createHash('sha256').update(content).digest('hex')
    bytes += content.length
    progress.at(++done)
  })
  return { ms: progress.end(), bytes, files: names.length }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
