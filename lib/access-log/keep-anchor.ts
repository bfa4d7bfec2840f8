import { type Anchor, anchor, anchorKey, anchorPrefix, parseAnchorKey, publicKeyPath } from '#lib/access-log/anchor.ts'
import { toSecond } from '#lib/access-log/digest.ts'
import { findNewest } from '#lib/access-log/find-newest.ts'
import { type Trail, trailName } from '#lib/access-log/log-keys.ts'
import type { ChainedDigest } from '#lib/access-log/make-digest.ts'
import type { TrailSource, TrailStore } from '#lib/access-log/trail-store.ts'

type Keeper = { trail: Trail; anchors: TrailStore; publicKeyPem: string }

/**
 * Keeps a digest's key and hash, and its public key, in the second region; once for each, whoever comes first.
 * @throws Error when another hash was kept for that digest: somebody has replaced one of the two.
 */
export async function keepAnchor(
  { trail, anchors, publicKeyPem }: Keeper,
  newest: ChainedDigest,
  at: Date,
): Promise<Anchor> {
  const { digest } = newest
  const pem = { bytes: Buffer.from(publicKeyPem), metadata: {} }
  await anchors.writeNew(publicKeyPath(digest.digestPublicKeyFingerprint), pem, 'application/x-pem-file')
  const kept = anchorOf(newest, at)
  const key = anchorKey(trail, new Date(digest.digestEndTime))
  const bytes = Buffer.from(`${JSON.stringify(kept, null, 2)}\n`)
  if (await anchors.writeNew(key, { bytes, metadata: {} }, 'application/json')) return kept
  const earlier = await readAnchor(anchors, key)
  if (earlier && earlier.hashValue !== kept.hashValue)
    throw new Error(
      `The digest ${newest.key} is not the one that was anchored as ${key}. Run npm run access-log -- verify.`,
    )
  return earlier ?? kept
}

/** The anchor of the newest digest that was kept; undefined before the first. */
export async function readNewestAnchor(anchors: TrailSource, trail: Trail, at: Date): Promise<Anchor | undefined> {
  const key = await findNewest(anchors, {
    at,
    prefixOf: day => anchorPrefix(trail, day),
    isWanted: candidate => parseAnchorKey(candidate)?.trailName === trailName,
  })
  return key === undefined ? undefined : readAnchor(anchors, key)
}

async function readAnchor(anchors: TrailSource, key: string): Promise<Anchor | undefined> {
  const stored = await anchors.read(key)
  return stored && anchor.parse(JSON.parse(Buffer.from(stored.bytes).toString()))
}

function anchorOf({ key, digest, sha256, signature }: ChainedDigest, at: Date): Anchor {
  return {
    digestS3Bucket: digest.digestS3Bucket,
    digestS3Object: key,
    digestEndTime: digest.digestEndTime,
    hashValue: sha256,
    hashAlgorithm: 'SHA-256',
    signature,
    digestPublicKeyFingerprint: digest.digestPublicKeyFingerprint,
    anchoredAt: toSecond(at),
  }
}
