import type { Finding } from '#lib/access-log/finding.ts'

/** What checking a trail came to. It is intact when it is finished and nothing was found. */
export type Verification = {
  bucket: string
  /** Begin of the first digest that was checked and end of the last; null where there is none. */
  from: string | null
  to: string | null
  digests: number
  intactDigests: number
  logFiles: number
  intactLogFiles: number
  events: number
  /** Of log files, decompressed. */
  bytes: number
  /** Log files that are newer than the newest digest: the next one will name them. */
  pending: number
  /** Anchors that were held against the digests; without any, newest hours that were cut off are not seen. */
  anchors: number
  /** Of the public keys that digests say they are signed with. */
  fingerprints: string[]
  /** False when time ran out; all up to `to` is checked. */
  isFinished: boolean
  /** Of all findings; `findings` has the first 1,000. */
  found: number
  findings: Finding[]
}

/** Whether nothing was altered, and only the newest hours have no digest yet. */
export function isMerelyLate({ found, findings }: Verification): boolean {
  return found > 0 && findings.every(({ kind }) => kind === 'behind')
}

/** How far a verification is. */
export type VerifyProgress = { digests: number; ofDigests: number; events: number; found: number }

/** A verification that is being made. */
export type Tally = Verification & {
  add(finding: Finding): void
  isFaulty(file: string): boolean
  sealed(): Verification
}

const mostFindings = 1_000

/** An empty one. */
export function openTally(bucket: string): Tally {
  const seen = new Set<string>()
  const faulty = new Set<string>()
  const tally: Tally = {
    ...{
      bucket,
      from: null,
      to: null,
      digests: 0,
      intactDigests: 0,
      logFiles: 0,
      intactLogFiles: 0,
      events: 0,
      bytes: 0,
    },
    ...{ pending: 0, anchors: 0, fingerprints: [], isFinished: true, found: 0, findings: [] },
    add: finding => {
      const id = `${finding.kind} ${finding.file}`
      if (seen.has(id)) return
      seen.add(id)
      faulty.add(finding.file)
      tally.found += 1
      if (tally.findings.length < mostFindings) tally.findings.push(finding)
    },
    isFaulty: file => faulty.has(file),
    sealed: () => {
      const { add: _add, isFaulty: _isFaulty, sealed: _sealed, ...verification } = tally
      return verification
    },
  }
  return tally
}
