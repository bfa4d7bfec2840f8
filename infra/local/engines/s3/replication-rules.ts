import type { Bucket } from './bucket-store.ts'
import type { NewVersion } from './version-store.ts'
import { element, innerXmlOf, textOf } from './xml.ts'

/** What of a bucket is copied where. */
export type ReplicationRule = {
  /** Keys that begin so. */
  prefix: string
  /** Name of the bucket that is copied to. */
  bucket: string
  /** Key that the copies are encrypted with; that of their bucket when nothing is said. */
  kmsKeyArn?: string | undefined
  /** Whether objects that a KMS key encrypts are copied. */
  withKms: boolean
  withDeleteMarkers: boolean
}

/** A bucket's replication: who copies, by the ARN of its role, and what. */
export type Replication = { role: string; rules: ReplicationRule[] }

const bucketArn = /^arn:[^:]+:s3:::/

/** A replication as S3 keeps it. */
export function replicationDocument({ role, rules }: Replication): string {
  return `<ReplicationConfiguration>${element('Role', role)}${rules.map(ruleElement).join('')}</ReplicationConfiguration>`
}

/** The replication of a bucket; undefined when it has none. */
export function replicationOf(bucket: Bucket): Replication | undefined {
  const { replication: document } = bucket.config
  if (document === undefined) return undefined
  return { role: textOf(document, 'Role') ?? '', rules: innerXmlOf(document, 'Rule').flatMap(ruleOf) }
}

/** The rule by which a new version is copied; undefined when none does. */
export function ruleFor(bucket: Bucket, key: string, version: NewVersion): ReplicationRule | undefined {
  const isKms = version.headers['x-amz-server-side-encryption'] === 'aws:kms'
  return replicationOf(bucket)?.rules.find(
    rule => key.startsWith(rule.prefix) && (!isKms || rule.withKms) && (!version.isMarker || rule.withDeleteMarkers),
  )
}

function ruleElement(
  { prefix, bucket, kmsKeyArn, withKms, withDeleteMarkers }: ReplicationRule,
  index: number,
): string {
  const status = (isEnabled: boolean) => element('Status', isEnabled ? 'Enabled' : 'Disabled')
  const encryption = kmsKeyArn === undefined ? '' : element('ReplicaKmsKeyID', kmsKeyArn)
  const parts = [
    element('ID', `rule-${index + 1}`),
    element('Priority', index + 1),
    `<Filter>${element('Prefix', prefix)}</Filter>`,
    status(true),
    `<SourceSelectionCriteria><SseKmsEncryptedObjects>${status(withKms)}</SseKmsEncryptedObjects></SourceSelectionCriteria>`,
    `<DeleteMarkerReplication>${status(withDeleteMarkers)}</DeleteMarkerReplication>`,
    `<Destination>${element('Bucket', `arn:aws:s3:::${bucket}`)}<EncryptionConfiguration>${encryption}</EncryptionConfiguration></Destination>`,
  ]
  return `<Rule>${parts.join('')}</Rule>`
}

function ruleOf(rule: string): ReplicationRule[] {
  const isEnabled = (name: string) => textOf(innerXmlOf(rule, name)[0] ?? '', 'Status') === 'Enabled'
  const nested = ['SourceSelectionCriteria', 'DeleteMarkerReplication', 'ExistingObjectReplication', 'Destination']
  const own = nested.reduce((rest, name) => rest.replace(new RegExp(`<${name}>[\\s\\S]*?</${name}>`), ''), rule)
  if (textOf(own, 'Status') !== 'Enabled') return []
  return [
    {
      prefix: textOf(rule, 'Prefix') ?? '',
      bucket: (textOf(rule, 'Bucket') ?? '').replace(bucketArn, ''),
      kmsKeyArn: textOf(rule, 'ReplicaKmsKeyID'),
      withKms: isEnabled('SseKmsEncryptedObjects'),
      withDeleteMarkers: isEnabled('DeleteMarkerReplication'),
    },
  ]
}
