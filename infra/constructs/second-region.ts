import { Stack } from 'aws-cdk-lib'
import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { prefixOf } from '#infra/constructs/house.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** A bucket that has a copy in the tenant's second region. */
export type CopiedBucket = 'vault' | 'files'

/** Name of a bucket that is copied; given, so that the role that it is copied with can name it. */
export function copiedBucketName(scope: Construct, tenant: TenantFile, bucket: CopiedBucket): string {
  return `${prefixOf(tenant)}-${bucket}-${Stack.of(scope).account}-${tenant.region}`
}

/** Name of its copy; made of names, so that neither region's stack waits for the other. */
export function copyBucketName(scope: Construct, tenant: TenantFile, bucket: CopiedBucket): string {
  return `${prefixOf(tenant)}-${bucket}-copy-${Stack.of(scope).account}-${tenant.secondRegion}`
}

/** ARN of a bucket by its name. */
export function bucketArn(scope: Construct, name: string): string {
  return `arn:${Stack.of(scope).partition}:s3:::${name}`
}

/** Alias of the key of the second region. */
export const copyKeyAlias = (tenant: TenantFile): string => `alias/${prefixOf(tenant)}-copy`

/** The key of the second region, as S3 is told of it: by its alias. */
export function copyKeyArn(scope: Construct, tenant: TenantFile): string {
  const { partition, account } = Stack.of(scope)
  return `arn:${partition}:kms:${tenant.secondRegion}:${account}:${copyKeyAlias(tenant)}`
}

/** Use of that key by way of S3. An alias cannot be named in a permission, so the key is held to it by a condition. */
export function useOfCopyKey(scope: Construct, tenant: TenantFile, actions: string[]): PolicyStatementProps {
  const { partition, account, urlSuffix } = Stack.of(scope)
  return {
    actions,
    resources: [`arn:${partition}:kms:${tenant.secondRegion}:${account}:key/*`],
    conditions: {
      StringEquals: { 'kms:ViaService': `s3.${tenant.secondRegion}.${urlSuffix}` },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': copyKeyAlias(tenant) },
    },
  }
}
