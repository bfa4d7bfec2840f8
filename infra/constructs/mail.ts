import { ArnFormat, CfnOutput, Stack } from 'aws-cdk-lib'
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** How a tenant sends mail: its domain, proven to SES by DKIM, and what SES counts of its mail. */
export class Mail extends Construct {
  /** Permission to send from the tenant's own address, and from no other. */
  readonly send: Access
  /** Name of the configuration set, which its metrics go by. */
  readonly configurationSetName: string

  constructor(scope: Construct, id: string, tenant: TenantFile) {
    super(scope, id)
    const { from, name } = tenant.mail
    const domain = from.slice(from.indexOf('@') + 1)
    this.configurationSetName = prefixOf(tenant)
    const configurationSet = new ConfigurationSet(this, 'Set', {
      configurationSetName: this.configurationSetName,
      reputationMetrics: true,
      // Addresses that bounced or complained are not tried again.
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    })
    const identity = new EmailIdentity(this, 'Identity', { identity: Identity.domain(domain), configurationSet })
    for (const [index, { name: record, value }] of identity.dkimRecords.entries()) {
      const description = `CNAME record ${index + 1} of 3 that proves ${domain} to SES`
      new CfnOutput(this, `Dkim${index + 1}`, { value: `${record} CNAME ${value}`, description })
    }
    this.send = {
      environment: { MAIL_FROM: `${name} <${from}>`, MAIL_CONFIGURATION_SET: this.configurationSetName },
      permissions: [
        {
          actions: ['ses:SendEmail'],
          resources: [this.arn('identity', domain), this.arn('configuration-set', this.configurationSetName)],
          conditions: { StringEquals: { 'ses:FromAddress': from } },
        },
      ],
    }
  }

  /** Made of names: a function's role then needs no export of this stack. */
  private arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      service: 'ses',
      resource,
      resourceName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    })
  }
}
