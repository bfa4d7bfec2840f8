import * as z from 'zod'
import type { Trail } from '#lib/access-log/log-keys.ts'
import { openPublicKeys } from '#lib/access-log/open-trail.ts'
import type { PublicKeys } from '#lib/access-log/public-keys.ts'
import { openTrailBucket } from '#lib/access-log/trail-bucket.ts'
import type { TrailStore } from '#lib/access-log/trail-store.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { runningStack } from '../endpoints-file.ts'

/** The access log of a running CRM: its bucket, that of its anchors, and the public halves of its key and of those before it. */
export type RunningTrail = {
  trail: Trail
  store: TrailStore
  anchors: TrailStore
  publicKeyPems: readonly string[]
  publicKeys: PublicKeys
}

const variables = z.object({
  ACCESS_LOG_BUCKET: z.string(),
  ACCESS_LOG_ACCOUNT: z.string(),
  AWS_REGION: z.string(),
  BACKUP_COPY_BUCKET: z.string(),
  BACKUP_COPY_REGION: z.string(),
  EVIDENCE_KEY_ARN: z.string(),
})

/**
 * Opens the access log that the environment names, as it names it to the function write-digest; without ACCESS_LOG_BUCKET that
 * of the running local stack. Throws, saying what to do, when there is neither.
 */
export async function openRunningTrail(): Promise<RunningTrail> {
  if (process.env['ACCESS_LOG_BUCKET'] === undefined) useLocalStack()
  const found = variables.safeParse(process.env)
  if (!found.success) {
    const missing = found.error.issues.map(({ path }) => path.join('.'))
    throw new Error(`Set ${missing.join(', ')} too, as the function write-digest has them.`)
  }
  const env = found.data
  const anchors = openTrailBucket(env.BACKUP_COPY_BUCKET, env.BACKUP_COPY_REGION)
  const { pems, publicKeys } = await openPublicKeys(openEvidenceKey(env.EVIDENCE_KEY_ARN), anchors)
  return {
    trail: { account: env.ACCESS_LOG_ACCOUNT, region: env.AWS_REGION },
    store: openTrailBucket(env.ACCESS_LOG_BUCKET),
    anchors,
    publicKeyPems: pems,
    publicKeys,
  }
}

function useLocalStack(): void {
  const { endpoints, accessLog } = runningStack()
  if (accessLog === undefined)
    throw new Error('The running stack has no access log: it is of another version, npm start')
  Object.assign(process.env, {
    ...accessLog,
    AWS_ENDPOINT_URL_S3: endpoints['s3'],
    AWS_ENDPOINT_URL_KMS: endpoints['kms'],
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
}
