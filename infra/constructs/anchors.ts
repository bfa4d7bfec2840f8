import { Stack } from 'aws-cdk-lib'
import type { Access } from '#infra/constructs/access.ts'
import { copyBucketName, type Vault } from '#infra/constructs/vault.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** Anchors of the access log, in the locked bucket of the second region: who can alter the log cannot alter these. */
export function anchorAccess(vault: Vault, tenant: TenantFile, actions: 'read' | 'readWrite'): Access {
  const arn = `arn:${Stack.of(vault).partition}:s3:::${copyBucketName(vault, tenant)}`
  const isRead = actions === 'read'
  const objectActions = isRead ? ['s3:GetObject'] : ['s3:GetObject', 's3:PutObject']
  return {
    environment: vault.copy.environment,
    permissions: [
      { actions: objectActions, resources: [`${arn}/access-log-anchors/*`] },
      { actions: ['s3:ListBucket'], resources: [arn] },
      vault.useOfCopyKey(tenant, isRead ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey']),
    ],
  }
}
