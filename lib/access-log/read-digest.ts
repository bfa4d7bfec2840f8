import { gunzipSync } from 'node:zlib'
import { type Digest, digest, sha256Hex, signatureMetadata, stringToSign } from '#lib/access-log/digest.ts'
import type { Finding } from '#lib/access-log/finding.ts'
import { parseDigestKey } from '#lib/access-log/log-keys.ts'
import { isSignedBy, type PublicKeys } from '#lib/access-log/public-keys.ts'
import type { StoredFile } from '#lib/access-log/trail-store.ts'

/** A digest that could be read. */
export type ReadDigest = {
  key: string
  digest: Digest
  /** Of what it holds, decompressed: what the next digest names it by. */
  sha256: string
  /** In hex, as its metadata has it. */
  signature: string
  /** What is wrong with it by itself; none: it is what was signed. */
  findings: Finding[]
}

/** 16 MB: some 30,000 log files an hour. */
const mostBytes = 16_000_000

/** Reads a digest and checks it by itself: format, name and signature. A file that is no digest gives a finding alone. */
export function readDigest(
  key: string,
  { bytes, metadata }: StoredFile,
  { bucket, publicKeys }: { bucket: string; publicKeys: PublicKeys },
): ReadDigest | Finding {
  const content = unpacked(bytes)
  if (!content) return { file: key, kind: 'digestUnreadable', what: 'does not decompress' }
  const parsed = digest.safeParse(jsonOf(content))
  if (!parsed.success) return { file: key, kind: 'digestUnreadable', what: `is no digest: ${firstOf(parsed.error)}` }
  const { value, algorithm } = signatureMetadata
  const signature = metadata[value] ?? ''
  const signed = { digest: parsed.data, content, signature, algorithm: metadata[algorithm] }
  const findings = [nameProblem(key, bucket, parsed.data), signatureProblem(signed, publicKeys)]
  return {
    ...{ key, digest: parsed.data, sha256: sha256Hex(content), signature },
    findings: findings.filter(each => each !== undefined).map(each => ({ file: key, ...each })),
  }
}

type Problem = Omit<Finding, 'file'>
type Signed = { digest: Digest; content: Uint8Array; signature: string; algorithm: string | undefined }

function nameProblem(key: string, bucket: string, said: Digest): Problem | undefined {
  const problem = (what: string): Problem => ({ kind: 'digestName', what })
  if (said.digestS3Object !== key) return problem(`says that it is ${said.digestS3Object}`)
  if (said.digestS3Bucket !== bucket)
    return problem(`says that it is in the bucket ${said.digestS3Bucket}, not ${bucket}`)
  const name = parseDigestKey(key)
  if (name?.account !== said.awsAccountId) return problem(`says that it is of the account ${said.awsAccountId}`)
  if (name.endTime.getTime() !== Date.parse(said.digestEndTime))
    return problem(`says that it ends at ${said.digestEndTime}`)
  return undefined
}

function signatureProblem(
  { digest: said, content, signature, algorithm }: Signed,
  keys: PublicKeys,
): Problem | undefined {
  if (signature === '') return { kind: 'signature', what: 'has no signature in its metadata' }
  if (algorithm !== said.digestSignatureAlgorithm)
    return { kind: 'signature', what: `is signed by ${algorithm ?? 'an unknown algorithm'}, its metadata says` }
  const key = keys(said.digestPublicKeyFingerprint)
  if (!key)
    return {
      kind: 'signature',
      what: `is signed with the key ${said.digestPublicKeyFingerprint}, which is not at hand`,
    }
  if (isSignedBy(key, stringToSign(said, content), signature)) return undefined
  return { kind: 'signature', what: 'is not what was signed: the digest or its signature was altered' }
}

function unpacked(bytes: Uint8Array): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes })
  } catch {
    return undefined
  }
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString())
  } catch {
    return undefined
  }
}

function firstOf({ issues }: { issues: { path: PropertyKey[]; message: string }[] }): string {
  const [{ path, message } = { path: [], message: '' }] = issues
  return `${path.join('.')} ${message}`.trim()
}
