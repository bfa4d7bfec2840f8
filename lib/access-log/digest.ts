import { createHash } from 'node:crypto'
import * as z from 'zod'

const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
/** To the second, as CloudTrail writes it. */
const second = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)

const digestedFile = z.object({
  s3Bucket: z.string(),
  s3Object: z.string(),
  /** SHA-256 of what the log file holds, decompressed. */
  hashValue: hex64,
  hashAlgorithm: z.literal('SHA-256'),
  newestEventTime: second.nullable(),
  oldestEventTime: second.nullable(),
})

/** An hourly digest as CloudTrail writes it; all of it is covered by the signature, so what a later version adds may stand in it. */
export const digest = z.object({
  awsAccountId: z.string(),
  digestStartTime: second,
  digestEndTime: second,
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestPublicKeyFingerprint: z.string().min(1),
  digestSignatureAlgorithm: z.literal('SHA256withRSA'),
  /** Null in an hour without events. */
  newestEventTime: second.nullable(),
  oldestEventTime: second.nullable(),
  /** All five are null in the first digest of a trail. */
  previousDigestS3Bucket: z.string().nullable(),
  previousDigestS3Object: z.string().nullable(),
  /** SHA-256 of the previous digest, decompressed. */
  previousDigestHashValue: hex64.nullable(),
  previousDigestHashAlgorithm: z.literal('SHA-256').nullable(),
  /** In hex. */
  previousDigestSignature: z.string().nullable(),
  logFiles: z.array(digestedFile),
})

/** An hourly digest: which log files there are and what they hold, chained to the digest before. */
export type Digest = z.infer<typeof digest>
/** A log file as a digest names it. */
export type DigestedFile = z.infer<typeof digestedFile>

/** Name of a digest's signature among the metadata of its object, and of the algorithm. */
export const signatureMetadata = { value: 'signature', algorithm: 'signature-algorithm' } as const

/** The text that a digest's signature is over; `content` is the digest as it is written, decompressed. */
export function stringToSign(
  { digestEndTime, digestS3Bucket, digestS3Object, previousDigestSignature }: Digest,
  content: Uint8Array,
): string {
  // CloudTrail signs the word where there is no signature before.
  const previous = previousDigestSignature ?? 'null'
  return [digestEndTime, `${digestS3Bucket}/${digestS3Object}`, sha256Hex(content), previous].join('\n')
}

/** A time as digests write it, to the second. */
export function toSecond(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}

/** SHA-256 in hex. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
