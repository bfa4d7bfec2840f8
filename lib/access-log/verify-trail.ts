import type { Anchor } from '#lib/access-log/anchor.ts'
import type { Trail } from '#lib/access-log/log-keys.ts'
import type { PublicKeys } from '#lib/access-log/public-keys.ts'
import { surveyBucket, surveyTrail } from '#lib/access-log/survey-trail.ts'
import type { TrailSource } from '#lib/access-log/trail-store.ts'
import { openTally, type Verification, type VerifyProgress } from '#lib/access-log/verification.ts'
import { verifyAnchors, verifyHashes } from '#lib/access-log/verify-anchors.ts'
import { verifyChains } from '#lib/access-log/verify-chains.ts'

/** What is to be checked, against what. */
export type VerifyOptions = {
  publicKeys: PublicKeys
  /** What is kept outside. */
  anchors?: readonly Anchor[]
  /** Hashes of digests that somebody has on paper. */
  anchorHashes?: readonly string[]
  /** Only this trail; by default all that the bucket has, and nothing else may be there. */
  trail?: Trail
  /** Only digests of hours that lie between, and log files that were delivered then. */
  from?: Date
  to?: Date
  /** The time, where the trail is being written: files may wait for the next digest, and digests may not be late. A copy has none. */
  now?: Date
  /** Asked after each digest; the verification ends there, unfinished, when it says no. */
  mayGoOn?: () => boolean
  onProgress?: (progress: VerifyProgress) => void
}

/**
 * Checks a trail: signatures and hashes of digests, their chain, the log files that they name, log files and others that they
 * do not name, gaps, and what is kept outside. Each finding names the file and what is wrong. Memory does not grow with the
 * number of events: it holds a few log files, and the names of digests.
 */
export async function verifyTrail(source: TrailSource, options: VerifyOptions): Promise<Verification> {
  const tally = openTally(source.bucket)
  const { trail, from, publicKeys } = options
  const survey = trail ? await surveyTrail(source, trail, from) : await surveyBucket(source)
  for (const stray of survey.strays) tally.add(stray)
  const hashes = new Set<string>()
  for (const listed of survey.trails) await verifyChains({ source, tally, options, hashes }, listed)
  if (tally.isFinished) {
    await verifyAnchors({ source, publicKeys, tally }, options.anchors ?? [])
    verifyHashes(tally, options.anchorHashes ?? [], hashes)
  }
  return tally.sealed()
}
