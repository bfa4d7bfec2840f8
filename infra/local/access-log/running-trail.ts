import { createPublicKey } from 'node:crypto'
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import type { Trail } from '#lib/access-log/log-keys.ts'
import { openTrailBucket } from '#lib/access-log/trail-bucket.ts'
import type { TrailStore } from '#lib/access-log/trail-store.ts'
import local from '../../tenants/local.json' with { type: 'json' }
import { runningStack } from '../endpoints-file.ts'
import { localAccount } from '../resolve.ts'

/** The access log of the running local stack: its bucket, that of its anchors, and the public half of the key. */
export type RunningTrail = { trail: Trail; store: TrailStore; anchors: TrailStore; publicKeyPem: string }

/** Opens it; throws, saying what to do, when no stack runs. */
export async function openRunningTrail(): Promise<RunningTrail> {
  const { endpoints } = runningStack()
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: endpoints['s3'],
    AWS_ENDPOINT_URL_KMS: endpoints['kms'],
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  const buckets = await bucketNames()
  return {
    trail: { account: localAccount, region: local.region },
    store: openTrailBucket(bucketLike(buckets, /^log[a-z]*bucket/)),
    anchors: openTrailBucket(bucketLike(buckets, /-vault-copy-/)),
    publicKeyPem: await publicKeyPem(),
  }
}

async function bucketNames(): Promise<string[]> {
  const { Buckets = [] } = await new S3Client({}).send(new ListBucketsCommand({}))
  return Buckets.map(({ Name = '' }) => Name)
}

function bucketLike(names: readonly string[], pattern: RegExp): string {
  const found = names.find(name => pattern.test(name))
  if (found === undefined) throw new Error('The running stack has no access log: it is of another version, npm start')
  return found
}

async function publicKeyPem(): Promise<string> {
  const command = new GetPublicKeyCommand({ KeyId: `alias/evergreen-${local.name}-evidence` })
  const { PublicKey } = await new KMSClient({}).send(command)
  if (!PublicKey) throw new Error('KMS gave no public key of the evidence key')
  return createPublicKey({ key: Buffer.from(PublicKey), type: 'spki', format: 'der' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
}
