import { gzipSync } from 'node:zlib'
import {
  type Digest,
  type DigestedFile,
  sha256Hex,
  signatureMetadata,
  stringToSign,
  toSecond,
} from '#lib/access-log/digest.ts'
import { digestKey, type Trail } from '#lib/access-log/log-keys.ts'
import type { StoredFile } from '#lib/access-log/trail-store.ts'

/** A digest as its chain knows it. */
export type ChainedDigest = { key: string; digest: Digest; sha256: string; signature: string }

/** Signs a text by SHA256withRSA and gives the signature in hex, with the fingerprint of its key. */
export type DigestSigner = { fingerprint: string; sign(text: string): Promise<string> }

type DigestInput = {
  trail: Trail
  bucket: string
  start: Date
  end: Date
  logFiles: readonly DigestedFile[]
  previous: ChainedDigest | undefined
}

/** Makes the digest of an hour, and the file it is kept as: the same input gives the same bytes, and RSA the same signature. */
export async function makeDigest(
  input: DigestInput,
  signer: DigestSigner,
): Promise<ChainedDigest & { file: StoredFile }> {
  const digest = describe(input, signer.fingerprint)
  const content = Buffer.from(JSON.stringify(digest))
  const signature = await signer.sign(stringToSign(digest, content))
  const { value, algorithm } = signatureMetadata
  const metadata = { [value]: signature, [algorithm]: digest.digestSignatureAlgorithm }
  const file = { bytes: gzipSync(content), metadata }
  return { key: digest.digestS3Object, digest, sha256: sha256Hex(content), signature, file }
}

function describe({ trail, bucket, start, end, logFiles, previous }: DigestInput, fingerprint: string): Digest {
  return {
    awsAccountId: trail.account,
    digestStartTime: toSecond(start),
    digestEndTime: toSecond(end),
    digestS3Bucket: bucket,
    digestS3Object: digestKey(trail, end),
    digestPublicKeyFingerprint: fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: lastOf(logFiles.map(({ newestEventTime }) => newestEventTime)),
    oldestEventTime: firstOf(logFiles.map(({ oldestEventTime }) => oldestEventTime)),
    previousDigestS3Bucket: previous?.digest.digestS3Bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.sha256 ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: [...logFiles],
  }
}

function firstOf(times: readonly (string | null)[]): string | null {
  return times.filter(time => time !== null).toSorted()[0] ?? null
}

function lastOf(times: readonly (string | null)[]): string | null {
  return (
    times
      .filter(time => time !== null)
      .toSorted()
      .at(-1) ?? null
  )
}
