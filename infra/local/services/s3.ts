import { join } from 'node:path'
import * as z from 'zod'
import type { Service } from '../context.ts'
import { type S3Engine, startS3 } from '../engines/s3/start-s3.ts'
import { readKeyAliases } from '../key-aliases.ts'
import { resourcesOf } from '../template.ts'
import { replicationProperties, toReplication } from './replication.ts'

const strings = z.array(z.string()).default([])

const bucketProperties = z.object({
  VersioningConfiguration: z.object({ Status: z.string() }).optional(),
  BucketEncryption: z
    .object({
      ServerSideEncryptionConfiguration: z.array(
        z.object({ ServerSideEncryptionByDefault: z.object({ KMSMasterKeyID: z.string().optional() }).optional() }),
      ),
    })
    .optional(),
  CorsConfiguration: z
    .object({
      CorsRules: z.array(
        z.object({
          AllowedOrigins: strings,
          AllowedMethods: strings,
          AllowedHeaders: strings,
          ExposedHeaders: strings,
          MaxAge: z.number().optional(),
        }),
      ),
    })
    .optional(),
  ReplicationConfiguration: replicationProperties.optional(),
  ObjectLockEnabled: z.boolean().default(false),
  ObjectLockConfiguration: z
    .object({
      Rule: z
        .object({ DefaultRetention: z.object({ Mode: z.enum(['GOVERNANCE', 'COMPLIANCE']), Days: z.number() }) })
        .optional(),
    })
    .optional(),
})

type BucketDefinition = NonNullable<Parameters<S3Engine['createBucket']>[1]>

/** S3 with the template's buckets. */
export const s3: Service = {
  name: 's3',
  start: async context => {
    const { dataDir, assembly, resolve, authorize, endpoints } = context
    const keyArns = readKeyAliases(assembly, resolve)
    const engine = await startS3({ dir: join(dataDir, 's3'), region: assembly.region, authorize })
    for (const { logicalId, stack, properties } of resourcesOf(assembly, 'AWS::S3::Bucket')) {
      const bucket = bucketProperties.parse(resolve(properties, stack))
      const replication = bucket.ReplicationConfiguration && toReplication(bucket.ReplicationConfiguration, keyArns)
      engine.createBucket(String(resolve({ Ref: logicalId }, stack)), { ...toDefinition(bucket), replication })
    }
    context.started.s3 = engine
    engine.resumeReplication()
    endpoints['s3'] = engine.url
    return engine.stop
  },
}

function toDefinition(bucket: z.infer<typeof bucketProperties>): BucketDefinition {
  const retention = bucket.ObjectLockConfiguration?.Rule?.DefaultRetention
  const [encryption] = bucket.BucketEncryption?.ServerSideEncryptionConfiguration ?? []
  return {
    versioning: bucket.VersioningConfiguration?.Status === 'Enabled',
    kmsKeyArn: encryption?.ServerSideEncryptionByDefault?.KMSMasterKeyID,
    cors: bucket.CorsConfiguration?.CorsRules.map(rule => ({
      allowedOrigins: rule.AllowedOrigins,
      allowedMethods: rule.AllowedMethods,
      allowedHeaders: rule.AllowedHeaders,
      exposedHeaders: rule.ExposedHeaders,
      maxAgeS: rule.MaxAge,
    })),
    objectLock: bucket.ObjectLockEnabled
      ? retention
        ? { mode: retention.Mode, days: retention.Days }
        : 'enabled'
      : undefined,
  }
}
