import * as z from 'zod'
import type { Replication } from '../engines/s3/replication-rules.ts'

/** A bucket's ReplicationConfiguration in the template. */
export const replicationProperties = z.object({
  Role: z.string(),
  Rules: z.array(
    z.object({
      Status: z.enum(['Enabled', 'Disabled']),
      Prefix: z.string().optional(),
      Filter: z.object({ Prefix: z.string().optional() }).optional(),
      DeleteMarkerReplication: z.object({ Status: z.string() }).optional(),
      SourceSelectionCriteria: z
        .object({ SseKmsEncryptedObjects: z.object({ Status: z.string() }).optional() })
        .optional(),
      Destination: z.object({
        Bucket: z.string(),
        EncryptionConfiguration: z.object({ ReplicaKmsKeyID: z.string().optional() }).optional(),
      }),
    }),
  ),
})

/** A key of another region is named by its alias: its copies name the key itself, as on AWS. */
export function toReplication(
  { Role, Rules }: z.infer<typeof replicationProperties>,
  keyArns: ReadonlyMap<string, string>,
): Replication {
  const rules = Rules.filter(({ Status }) => Status === 'Enabled').map(rule => {
    const key = rule.Destination.EncryptionConfiguration?.ReplicaKmsKeyID
    return {
      prefix: rule.Filter?.Prefix ?? rule.Prefix ?? '',
      bucket: rule.Destination.Bucket.replace(/^arn:[^:]+:s3:::/, ''),
      kmsKeyArn: key === undefined ? undefined : (keyArns.get(key.replace(/^arn:.*:(?=alias\/)/, '')) ?? key),
      withKms: rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === 'Enabled',
      withDeleteMarkers: rule.DeleteMarkerReplication?.Status === 'Enabled',
    }
  })
  return { role: Role, rules }
}
