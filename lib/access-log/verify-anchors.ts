import type { Anchor } from '#lib/access-log/anchor.ts'
import type { Finding } from '#lib/access-log/finding.ts'
import type { PublicKeys } from '#lib/access-log/public-keys.ts'
import { type ReadDigest, readDigest } from '#lib/access-log/read-digest.ts'
import type { TrailSource } from '#lib/access-log/trail-store.ts'
import type { Tally } from '#lib/access-log/verification.ts'

type Place = { source: TrailSource; publicKeys: PublicKeys; tally: Tally }

/** Holds what is kept outside against the digests that are here. A digest that was cut off, or made anew, is found by it. */
export async function verifyAnchors({ source, publicKeys, tally }: Place, anchors: readonly Anchor[]): Promise<void> {
  for (const anchor of anchors) {
    tally.anchors += 1
    const { digestS3Object: key } = anchor
    const stored = await source.read(key)
    const read = stored && readDigest(key, stored, { bucket: source.bucket, publicKeys })
    const finding = read && 'kind' in read ? read : anchorProblem(anchor, read)
    if (finding) tally.add(finding)
  }
}

/** Hashes that somebody has on paper, without knowing whose: one digest must have each. */
export function verifyHashes(tally: Tally, wanted: readonly string[], there: ReadonlySet<string>): void {
  for (const hash of wanted) {
    tally.anchors += 1
    if (there.has(hash)) continue
    const file = `(digest ${hash})`
    tally.add({ file, kind: 'anchor', what: 'was anchored outside and is not here: digests were cut off or replaced' })
  }
}

function anchorProblem(anchor: Anchor, read: ReadDigest | undefined): Finding | undefined {
  const { digestS3Object: file, anchoredAt } = anchor
  if (!read)
    return { file, kind: 'anchor', what: `is missing, and was anchored outside at ${anchoredAt}: hours were cut off` }
  if (read.sha256 === anchor.hashValue) return undefined
  return { file, kind: 'anchor', what: `is not the digest that was anchored outside at ${anchoredAt}` }
}
