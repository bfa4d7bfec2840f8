import { type OpenTrail, openPublicKeys, openTrail } from '#lib/access-log/open-trail.ts'
import type { PublicKeys } from '#lib/access-log/public-keys.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { required } from '#lib/runtime/env.ts'

/** What checking takes. */
export type Verifier = OpenTrail & { publicKeys: PublicKeys }

/** Opens what the function's environment names. */
export async function openVerifier(): Promise<Verifier> {
  const opened = openTrail()
  const { publicKeys } = await openPublicKeys(openEvidenceKey(required('EVIDENCE_KEY_ARN')), opened.anchors)
  return { ...opened, publicKeys }
}
