import type { Finding } from '#lib/access-log/finding.ts'
import type { ReadDigest } from '#lib/access-log/read-digest.ts'

/** The digest before one, as far as it could be read; `none` when the listing has no digest before it. */
export type Before = 'none' | { key: string; read: ReadDigest | undefined }

/**
 * Whether a digest follows the one before it. Only a digest that is what was signed can bear witness; what it says tells which
 * of the two is wrong.
 */
export function verifyLink(current: ReadDigest, before: Before, isListed: (key: string) => boolean): Finding[] {
  if (current.findings.length > 0) return []
  const { previousDigestS3Object: named } = current.digest
  if (named === null) return before === 'none' ? [] : [restart(current, before.key)]
  if (before === 'none' || before.key !== named) return [absent(current, before, named, isListed)].flat()
  const { read } = before
  if (!read) return []
  return [chainProblem(current, read), timeProblem(current, read)].filter(each => each !== undefined)
}

function restart({ key }: ReadDigest, before: string): Finding {
  return { file: key, kind: 'chain', what: `says that it is the first, but ${before} is before it` }
}

function absent(current: ReadDigest, before: Before, named: string, isListed: (key: string) => boolean): Finding[] {
  if (!isListed(named)) return [{ file: named, kind: 'digestMissing', what: `is missing: ${current.key} follows it` }]
  // One that is not what was signed is reported already.
  if (before === 'none' || !before.read || before.read.findings.length > 0) return []
  return [{ file: before.key, kind: 'chain', what: `is not part of the chain: ${current.key} follows ${named}` }]
}

function chainProblem({ key, digest }: ReadDigest, before: ReadDigest): Finding | undefined {
  const isSame = digest.previousDigestHashValue === before.sha256 && digest.previousDigestSignature === before.signature
  if (isSame) return undefined
  return { file: before.key, kind: 'chain', what: `is not the digest that ${key} was built on` }
}

function timeProblem({ key, digest }: ReadDigest, { digest: before, findings }: ReadDigest): Finding | undefined {
  // What an altered digest says of its time counts for nothing.
  if (findings.length > 0 || digest.digestStartTime === before.digestEndTime) return undefined
  const hours = `${before.digestEndTime} to ${digest.digestStartTime}`
  return { file: key, kind: 'gap', what: `does not begin where the one before ends: ${hours} has no digest` }
}
