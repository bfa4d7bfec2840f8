import { createPublicKey } from 'node:crypto'
import type { DigestSigner } from '#lib/access-log/make-digest.ts'
import { fingerprintOf } from '#lib/access-log/public-keys.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'

/** Signs digests with the tenant's evidence key. */
export function evidenceSigner(evidence: Pick<EvidenceKey, 'sign'>, pem: string): DigestSigner {
  return {
    fingerprint: fingerprintOf(createPublicKey(pem)),
    sign: async text => {
      const { value } = await evidence.sign(Buffer.from(text))
      // CloudTrail keeps signatures in hex.
      return Buffer.from(value, 'base64').toString('hex')
    },
  }
}
