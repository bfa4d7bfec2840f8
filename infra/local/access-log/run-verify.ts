import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Anchor, anchor } from '#lib/access-log/anchor.ts'
import { findingKinds } from '#lib/access-log/finding.ts'
import { readNewestAnchor } from '#lib/access-log/keep-anchor.ts'
import { keysByFingerprint, onlyKey, type PublicKeys } from '#lib/access-log/public-keys.ts'
import type { TrailSource } from '#lib/access-log/trail-store.ts'
import { isMerelyLate, type Verification } from '#lib/access-log/verification.ts'
import { type VerifyOptions, verifyTrail } from '#lib/access-log/verify-trail.ts'
import { createProgress } from '../progress-bar.ts'
import { copyFolders } from './copy-layout.ts'
import { openRunningTrail } from './running-trail.ts'
import { openTrailFolder } from './trail-folder.ts'

type Wish = { from?: Date; to?: Date; dir?: string; publicKey?: string; anchorHashes: string[] }
type Opened = { source: TrailSource; options: VerifyOptions; notes: string[] }

/** Verifies and prints what it came to; whether all is as it was written. */
export async function runVerify({ dir, publicKey, ...range }: Wish): Promise<boolean> {
  const given = publicKey === undefined ? undefined : onlyKey(readFileSync(publicKey, 'utf8'))
  const { source, options, notes } = dir === undefined ? await openRunning(given) : openCopy(dir, given)
  const progress = createProgress('Verifying')
  const result = await verifyTrail(source, {
    ...{ ...options, ...range },
    onProgress: ({ digests, ofDigests, events, found }) =>
      progress.show(digests / ofDigests, `${digests} of ${ofDigests} digests, ${events} events, ${found} found`),
  })
  progress.end()
  for (const line of linesOf(result)) console.log(line)
  for (const note of result.anchors === 0 ? [...notes, noAnchor] : notes) console.log(`  note: ${note}`)
  return result.found === 0
}

const noAnchor =
  'no anchor was given, so that newest hours that were cut off would not be seen: --anchor HASH, from the daily mail'

async function openRunning(given: PublicKeys | undefined): Promise<Opened> {
  const { trail, store, anchors, publicKeys } = await openRunningTrail()
  const now = new Date()
  const newest = await readNewestAnchor(anchors, trail, now)
  const options = { publicKeys: given ?? publicKeys, anchors: newest ? [newest] : [], now }
  return { source: store, options, notes: [] }
}

function openCopy(dir: string, given: PublicKeys | undefined): Opened {
  const pems = given ? [] : filesIn(join(dir, copyFolders.publicKeys), '.pem')
  if (!given && pems.length === 0)
    throw new Error(`There is no public key in ${join(dir, copyFolders.publicKeys)}: give one by --public-key PEM.`)
  const anchors = filesIn(join(dir, copyFolders.anchors), '.json').map((text): Anchor => anchor.parse(JSON.parse(text)))
  const notes = given ? [] : ['the public keys came with the copy: hold their fingerprints against the daily mail']
  return { source: openTrailFolder(dir), options: { publicKeys: given ?? keysByFingerprint(pems), anchors }, notes }
}

function filesIn(folder: string, ending: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith(ending))
    return names.toSorted().map(name => readFileSync(join(folder, name), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function linesOf(result: Verification): string[] {
  const { from, to, digests, intactDigests, logFiles, intactLogFiles } = result
  const rows: [string, string | number][] = [
    ['digests intact', `${intactDigests} of ${digests}`],
    ['log files intact', `${intactLogFiles} of ${logFiles}`],
    ['events', result.events],
    ['files waiting for the next digest', result.pending],
    ['anchors held against it', result.anchors],
    ['signed with', result.fingerprints.join(', ') || '-'],
  ]
  return [
    `Access log ${result.bucket}, ${from ?? '-'} to ${to ?? '-'}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(36)}${value}`),
    verdictOf(result),
    ...result.findings.flatMap(({ file, kind, what }) => [`  ${findingKinds[kind]}:`, `    ${file}`, `      ${what}`]),
    ...(result.found > result.findings.length ? [`  and ${result.found - result.findings.length} more`] : []),
  ]
}

function verdictOf(result: Verification): string {
  if (result.found === 0) return 'INTACT: all of it is as it was written'
  if (isMerelyLate(result)) return 'LATE: nothing was altered, but the newest hours have no digest yet'
  return `ALTERED: ${result.found} found`
}
