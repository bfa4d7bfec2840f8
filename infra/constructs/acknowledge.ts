import { Stack, Validations } from 'aws-cdk-lib'
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js'
import type { IConstruct } from 'constructs'

/** Accepts findings of cdk-nag on a construct and all below it, each with its argument. */
export function acknowledge(construct: IConstruct, findings: Record<string, string>): void {
  for (const [id, reason] of Object.entries(findings)) Validations.of(construct).acknowledge({ id, reason })
}

/** Accepts resources with a wildcard in a role's permissions; cdk-nag wants each named, as it stands in the template. */
export function acknowledgeWildcards(role: IConstruct, resources: readonly string[], reason: string): void {
  for (const resource of new Set(resources.filter(each => each.includes('*')))) {
    const named = flattenCfnReference(Stack.of(role).resolve(resource))
    acknowledge(role, { [`AwsSolutions-IAM5[Resource::${named}]`]: reason })
  }
}
