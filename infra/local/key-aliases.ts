import type { PolicyDocument } from './engines/iam.ts'
import type { Resolve } from './resolve.ts'
import { type Assembly, resourcesOf } from './template.ts'

type Statement = Exclude<PolicyDocument['Statement'], unknown[]>

/** The ARNs of the template's keys by their aliases (`alias/...`). */
export function readKeyAliases(assembly: Assembly, resolve: Resolve): Map<string, string> {
  return new Map(
    resourcesOf(assembly, 'AWS::KMS::Alias').map(({ properties: { AliasName, TargetKeyId }, stack }) => [
      String(resolve(AliasName, stack)),
      String(resolve(TargetKeyId, stack)),
    ]),
  )
}

/**
 * A policy whose statements on "keys that have this alias" name these keys instead: who asks whether something is allowed
 * knows a key by its ARN only.
 */
export function withKeysOfAliases(document: PolicyDocument, keyArns: ReadonlyMap<string, string>): PolicyDocument {
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  return { Statement: statements.map(statement => withKeys(statement, keyArns)) }
}

const comparison = 'ForAnyValue:StringEquals'
const conditionKey = 'kms:ResourceAliases'

function withKeys(statement: Statement, keyArns: ReadonlyMap<string, string>): Statement {
  const { [comparison]: compared, ...others } = statement.Condition ?? {}
  const { [conditionKey]: aliases, ...otherKeys } = compared ?? {}
  if (aliases === undefined) return statement
  const found = [aliases].flat().flatMap(alias => keyArns.get(String(alias)) ?? [])
  return { ...statement, Resource: found, Condition: { ...others, [comparison]: otherKeys } }
}
