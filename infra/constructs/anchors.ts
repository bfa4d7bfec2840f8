import type { Access } from '#infra/constructs/access.ts'
import { bucketArn, copyBucketName, useOfCopyKey } from '#infra/constructs/second-region.ts'
import type { Vault } from '#infra/constructs/vault.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** Anchors of the access log, in the locked bucket of the second region: who can alter the log cannot alter these. */
export function anchorAccess(vault: Vault, tenant: TenantFile, actions: 'read' | 'readWrite'): Access {
  const arn = bucketArn(vault, copyBucketName(vault, tenant, 'vault'))
  const isRead = actions === 'read'
  const objectActions = isRead ? ['s3:GetObject'] : ['s3:GetObject', 's3:PutObject']
  return {
    environment: vault.copy.environment,
    permissions: [
      { actions: objectActions, resources: [`${arn}/access-log-anchors/*`] },
      { actions: ['s3:ListBucket'], resources: [arn] },
      useOfCopyKey(vault, tenant, isRead ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey']),
    ],
  }
}
