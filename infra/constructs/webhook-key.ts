import { RemovalPolicy } from 'aws-cdk-lib'
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** What the secret of the tenant's webhook is made from: it never leaves KMS, and the secret is stored nowhere. */
export class WebhookKey extends Construct {
  /** Permission to work out the secret. */
  readonly sign: Access

  constructor(scope: Construct, id: string, tenant: TenantFile) {
    super(scope, id)
    const key = new Key(this, 'Key', {
      alias: `alias/${prefixOf(tenant)}-webhook`,
      description: `Makes the secret that webhooks of ${tenant.name} are signed with`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
    this.sign = {
      environment: { WEBHOOK_KEY_ARN: key.keyArn },
      permissions: [{ actions: ['kms:GenerateMac'], resources: [key.keyArn] }],
    }
  }
}
