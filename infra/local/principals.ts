import * as z from 'zod'
import type { PolicyDocument } from './engines/iam.ts'
import { readKeyAliases, withKeysOfAliases } from './key-aliases.ts'
import type { Resolve } from './resolve.ts'
import { type Assembly, type Resource, resourcesOf } from './template.ts'

const document = z.custom<PolicyDocument>()
const roleProperties = z.object({ Policies: z.array(z.object({ PolicyDocument: document })).default([]) })
const policyProperties = z.object({ PolicyDocument: document, Roles: z.array(z.string()).default([]) })

/**
 * The policies that the template gives to each function and state machine, by its logical id: its access key on this
 * machine; and to each role, by its ARN, which is what schedules name.
 */
export function readPrincipals(assembly: Assembly, resolve: Resolve): Record<string, PolicyDocument[]> {
  const attached = resourcesOf(assembly, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy').map(resource =>
    policyProperties.parse(resolve(resource.properties, resource.stack)),
  )
  const keyArns = readKeyAliases(assembly, resolve)
  const policiesOf = (role: Resource) => {
    const inline = roleProperties.parse(resolve(role.properties, role.stack)).Policies
    const name = resolve({ Ref: role.logicalId }, role.stack)
    const others = attached.filter(({ Roles }) => Roles.some(attachedTo => attachedTo === name))
    return [...inline, ...others].map(({ PolicyDocument }) => withKeysOfAliases(PolicyDocument, keyArns))
  }
  const roles = resourcesOf(assembly, 'AWS::IAM::Role').map(
    role => [resolve({ 'Fn::GetAtt': [role.logicalId, 'Arn'] }, role.stack), policiesOf(role)] as const,
  )
  const policiesByArn = new Map(roles)
  const principals = resourcesOf(assembly, 'AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine')
  const policiesByName = principals.map(
    ({ logicalId, properties: { Role, RoleArn }, stack }) =>
      [logicalId, policiesByArn.get(resolve(Role ?? RoleArn, stack)) ?? []] as const,
  )
  const byRole = roles.map(([arn, policies]) => [String(arn), policies] as const)
  return Object.fromEntries([...byRole, ...policiesByName])
}
