import { requireBucket } from './bucket-store.ts'
import { type CorsRule, corsDocument } from './cors.ts'
import { type Replication, replicationDocument } from './replication-rules.ts'
import type { S3 } from './s3.ts'
import { element } from './xml.ts'

/** What a bucket has; what is left out stays as it is. */
export type BucketDefinition = {
  versioning?: boolean | undefined
  /** Objects are encrypted with this key unless their PUT says otherwise. */
  kmsKeyArn?: string | undefined
  cors?: CorsRule[] | undefined
  replication?: Replication | undefined
  /** Object Lock, which needs and so enables versioning, with the retention of new versions. */
  objectLock?: { mode: 'GOVERNANCE' | 'COMPLIANCE'; days: number } | 'enabled' | undefined
}

/** Makes a bucket or brings it to a definition. */
export function ensureBucket(s3: S3, name: string, definition: BucketDefinition): void {
  const { versioning, kmsKeyArn, cors, replication, objectLock } = definition
  s3.transaction(() => {
    if (s3.buckets.find(name) === undefined) s3.buckets.add(name, new Date(s3.now()).toISOString())
    if (versioning === true || objectLock !== undefined) s3.buckets.setVersioning('Enabled', name)
    const documents = {
      encryption: kmsKeyArn && encryptionDocument(kmsKeyArn),
      cors: cors && corsDocument(cors),
      replication: replication && replicationDocument(replication),
      'object-lock': objectLock && objectLockDocument(objectLock),
    }
    for (const [config, document] of Object.entries(documents)) {
      if (document !== undefined) s3.buckets.setConfig(requireBucket(s3.buckets, name), config, document)
    }
  })
}

function encryptionDocument(keyArn: string): string {
  const byDefault = element('SSEAlgorithm', 'aws:kms') + element('KMSMasterKeyID', keyArn)
  const rule = `<ApplyServerSideEncryptionByDefault>${byDefault}</ApplyServerSideEncryptionByDefault>${element('BucketKeyEnabled', true)}`
  return `<ServerSideEncryptionConfiguration><Rule>${rule}</Rule></ServerSideEncryptionConfiguration>`
}

function objectLockDocument(objectLock: { mode: string; days: number } | 'enabled'): string {
  const retention =
    objectLock === 'enabled' ? '' : `${element('Mode', objectLock.mode)}${element('Days', objectLock.days)}`
  const rule = retention === '' ? '' : `<Rule><DefaultRetention>${retention}</DefaultRetention></Rule>`
  return `<ObjectLockConfiguration>${element('ObjectLockEnabled', 'Enabled')}${rule}</ObjectLockConfiguration>`
}
