import { anchorRoot } from '#lib/access-log/anchor.ts'
import type { Trail } from '#lib/access-log/log-keys.ts'
import { keysByFingerprint, type PublicKeys } from '#lib/access-log/public-keys.ts'
import { openTrailBucket } from '#lib/access-log/trail-bucket.ts'
import type { TrailSource, TrailStore } from '#lib/access-log/trail-store.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { isPassing } from '#lib/runtime/outage.ts'

/** The tenant's access log, and where its anchors are. */
export type OpenTrail = { trail: Trail; store: TrailStore; anchors: TrailStore }

/** Opens what the function's environment names. */
export function openTrail(): OpenTrail {
  return {
    trail: { account: required('ACCESS_LOG_ACCOUNT'), region: readEnv().AWS_REGION },
    store: openTrailBucket(required('ACCESS_LOG_BUCKET')),
    anchors: openTrailBucket(required('BACKUP_COPY_BUCKET'), required('BACKUP_COPY_REGION')),
  }
}

/**
 * The public half of the evidence key, and those of the keys before it: they were kept beside the anchors when the first digest
 * was signed with them. While the second region does not answer, only digests of the key of today can be checked.
 */
export async function openPublicKeys(
  evidence: Pick<EvidenceKey, 'publicKeyPem'>,
  anchors: TrailSource,
): Promise<{ pem: string; pems: readonly string[]; publicKeys: PublicKeys }> {
  const pem = await evidence.publicKeyPem()
  const kept = await keptKeys(anchors).catch((error: unknown) => {
    if (isPassing(error)) return []
    throw error
  })
  const pems = [...new Set([pem, ...kept])]
  return { pem, pems, publicKeys: keysByFingerprint(pems) }
}

async function keptKeys(anchors: TrailSource): Promise<string[]> {
  const pems: string[] = []
  for await (const { key } of anchors.list(`${anchorRoot}public-keys/`)) {
    const stored = await anchors.read(key)
    if (stored) pems.push(Buffer.from(stored.bytes).toString())
  }
  return pems
}
