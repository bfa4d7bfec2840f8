import { evidenceSigner } from '#lib/access-log/evidence-signer.ts'
import { openPublicKeys, openTrail } from '#lib/access-log/open-trail.ts'
import type { DigestTools } from '#lib/access-log/write-digests.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { required } from '#lib/runtime/env.ts'
import type { Logger } from '#lib/runtime/logger.ts'

/** Opens what digests are written with: the buckets and the key that the function's environment names. */
export async function openDigestTools(log: Logger): Promise<DigestTools> {
  const evidence = openEvidenceKey(required('EVIDENCE_KEY_ARN'))
  const opened = openTrail()
  const { pem, publicKeys } = await openPublicKeys(evidence, opened.anchors)
  return { ...opened, signer: evidenceSigner(evidence, pem), publicKeyPem: pem, publicKeys, log }
}
