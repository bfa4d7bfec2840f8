import { RemovalPolicy } from 'aws-cdk-lib'
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** The tenant's signing key: what it has signed (catalogues of backups, reports of drills) can be checked without AWS by its public half. */
export class EvidenceKey extends Construct {
  readonly key: Key
  /** Signing, and checking. */
  readonly sign: Access
  /** Checking only. */
  readonly verify: Access

  constructor(scope: Construct, id: string, tenant: TenantFile) {
    super(scope, id)
    this.key = new Key(this, 'Key', {
      alias: `alias/${prefixOf(tenant)}-evidence`,
      description: `Signs what proves the backups of ${tenant.name}`,
      keySpec: KeySpec.RSA_3072,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
    const environment = { EVIDENCE_KEY_ARN: this.key.keyArn }
    const resources = [this.key.keyArn]
    this.sign = { environment, permissions: [{ actions: ['kms:Sign', 'kms:GetPublicKey'], resources }] }
    this.verify = { environment, permissions: [{ actions: ['kms:GetPublicKey'], resources }] }
  }
}
