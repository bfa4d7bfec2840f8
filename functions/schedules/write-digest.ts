import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { evidenceSigner } from '#lib/access-log/evidence-signer.ts'
import { openPublicKeys, openTrail } from '#lib/access-log/open-trail.ts'
import { writeDigests } from '#lib/access-log/write-digests.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { required } from '#lib/runtime/env.ts'

const input = z.object({
  kind: z.literal('digest'),
  /** The time the schedule stands for: hours up to it get their digest. */
  scheduledAt: z.iso.datetime({ offset: true }).transform(text => new Date(text)),
})

/** A digest of many log files takes some seconds; what is left then is for the next run. */
const reserveMs = 60_000

/** Every hour: the digest of the hour before, and of those that were missed. */
export const handler = step(input, async ({ scheduledAt }, { log, remainingMs }) => {
  const evidence = openEvidenceKey(required('EVIDENCE_KEY_ARN'))
  const opened = openTrail()
  const { pem, publicKeys } = await openPublicKeys(evidence, opened.anchors)
  const tools = { ...opened, signer: evidenceSigner(evidence, pem), publicKeyPem: pem, publicKeys, log }
  const { written, newest, isDone } = await writeDigests(tools, {
    until: scheduledAt,
    mayGoOn: () => remainingMs() > reserveMs,
  })
  if (!isDone) log.warn('Hours still have no digest: the next run goes on', { newest })
  return { written: written.length, newest, isDone }
})
