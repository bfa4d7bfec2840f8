import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Bundles } from '#infra/bundle.ts'
import type { Access } from '#infra/constructs/access.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** What every house construct of one tenant shares. */
export type House = {
  tenant: TenantFile
  bundles: Bundles
  /** The tenant's key: everything that holds data is encrypted with it. */
  key: IKey
  /** Putting access records on their way: given to whatever answers requests or does long work. */
  accessLog?: Access
}

/** Prefix of every name of a tenant in its AWS account; the key policy relies on it. */
export const prefixOf = (tenant: Pick<TenantFile, 'name'>): string => `evergreen-${tenant.name}`
