import * as z from 'zod'
import { digestKey, parseDigestKey, type Trail } from '#lib/access-log/log-keys.ts'

/** What is kept of a digest outside the reach of whoever could cut it off: its key and its hash. */
export const anchor = z.object({
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestEndTime: z.string(),
  /** SHA-256 of the digest, decompressed. */
  hashValue: z.string().regex(/^[0-9a-f]{64}$/),
  hashAlgorithm: z.literal('SHA-256'),
  /** In hex. */
  signature: z.string(),
  digestPublicKeyFingerprint: z.string(),
  anchoredAt: z.string(),
})

/** What is kept of a digest outside. */
export type Anchor = z.infer<typeof anchor>

const root = 'access-log-anchors'

/** Where the anchor of a digest is: the digest's own place, under another name. */
export function anchorKey(trail: Trail, endTime: Date): string {
  return `${root}/${digestKey(trail, endTime).replace(/\.json\.gz$/, '.json')}`
}

/** What the anchors of a trail begin with; behind it, they are in the order of time. */
export function anchorPrefix(trail: Trail, day?: Date): string {
  return anchorKey(trail, day ?? new Date(0))
    .split('/')
    .slice(0, day ? -1 : -4)
    .join('/')
    .concat('/')
}

/** Where a public key is kept, beside the anchors. */
export function publicKeyPath(fingerprint: string): string {
  return `${root}/public-keys/${fingerprint}.pem`
}

/** Where all anchors and public keys are. */
export const anchorRoot = `${root}/`

/** The digest that an anchor's key stands for; undefined when it is none. */
export function parseAnchorKey(key: string): ReturnType<typeof parseDigestKey> {
  if (!key.startsWith(anchorRoot) || !key.endsWith('.json')) return undefined
  return parseDigestKey(`${key.slice(anchorRoot.length)}.gz`)
}
