import * as z from 'zod'
import type { Authorize } from './engine.ts'

const oneOrMore = z.union([z.string().transform(text => [text]), z.array(z.string())])

const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
})

const policyDocument = z.object({
  Statement: z.union([statement.transform(single => [single]), z.array(statement)]),
})

/** An identity policy as a template holds it, with every reference resolved. */
export type PolicyDocument = z.input<typeof policyDocument>

type Statement = z.output<typeof statement>
type Rule = { isDeny: boolean; covers(action: string, resource: string): boolean }

/**
 * Condition keys that every call inside one tenant's stacks satisfies on AWS, and that therefore need no evaluation here:
 * transport is TLS, there is one account and organization, and KMS is reached through the service that owns the ciphertext.
 */
const satisfiedConditionKeys = new Set(
  [
    'aws:SecureTransport',
    'aws:PrincipalAccount',
    'aws:PrincipalOrgID',
    'aws:ResourceAccount',
    'aws:SourceAccount',
    'aws:SourceArn',
    'aws:ViaAWSService',
    'kms:CallerAccount',
    'kms:ViaService',
    'kms:GrantIsForAWSResource',
    's3:ResourceAccount',
    // EventBridge Scheduler's own: it is what a role is passed to when it asks, and it encrypts in this context alone.
    'iam:PassedToService',
    'kms:EncryptionContext:aws:scheduler:schedule:arn',
    // Looked at by the SES engine itself: it takes mail from proven addresses only.
    'ses:FromAddress',
  ].map(key => key.toLowerCase()),
)

/**
 * Answers whether a principal's policies allow an action: an explicit Deny wins, what is not allowed is denied, and a
 * principal that has no entry (a developer's own key) may do everything. A condition on any other key than the
 * satisfied ones makes an Allow grant nothing and a Deny refuse, so that the laptop is never laxer than AWS.
 */
export function createAuthorizer(rolesByPrincipal: Record<string, PolicyDocument[]>): Authorize {
  const rulesByPrincipal = new Map(
    Object.entries(rolesByPrincipal).map(([principal, policies]) => [principal, policies.flatMap(toRules)]),
  )
  return (principal, action, resource) => {
    const rules = rulesByPrincipal.get(principal)
    if (rules === undefined) return true
    const covering = rules.filter(rule => rule.covers(action, resource))
    return covering.length > 0 && !covering.some(rule => rule.isDeny)
  }
}

function toRules(policy: PolicyDocument): Rule[] {
  return policyDocument.parse(policy).Statement.filter(isInForce).map(toRule)
}

function isInForce(statement: Statement): boolean {
  const keys = Object.values(statement.Condition ?? {}).flatMap(comparisons => Object.keys(comparisons))
  if (keys.length === 0) return true
  const isSatisfied = keys.every(key => satisfiedConditionKeys.has(key.toLowerCase()))
  // A Deny on a satisfied key guards against the opposite ("deny when transport is not secure"): it never strikes here.
  return statement.Effect === 'Allow' ? isSatisfied : !isSatisfied
}

function toRule(statement: Statement): Rule {
  const coversAction = matcher(statement.Action, statement.NotAction, 'i')
  const coversResource = matcher(statement.Resource, statement.NotResource, '')
  return {
    isDeny: statement.Effect === 'Deny',
    covers: (action, resource) => coversAction(action) && coversResource(resource),
  }
}

function matcher(including: string[] | undefined, excluding: string[] | undefined, flags: string) {
  const patterns = (including ?? excluding ?? []).map(pattern => wildcard(pattern, flags))
  const isMatch = (text: string) => patterns.some(pattern => pattern.test(text))
  return including === undefined && excluding !== undefined ? (text: string) => !isMatch(text) : isMatch
}

function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, `s${flags}`)
}
