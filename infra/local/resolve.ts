import type { Resource, Stack } from './template.ts'

/** Account that all local resources belong to. */
export const localAccount = '000000000000'

/** What `Ref` and `Fn::GetAtt` of a resource give; both throw for what this runtime cannot know. */
export type References = {
  ref(resource: Resource): string
  attribute(resource: Resource, name: string): string
}

/** Replaces CloudFormation's intrinsic functions inside a value of the given stack. */
export type Resolve = (value: unknown, stack: Stack) => unknown

type Scope = { stack: Stack; stacks: readonly Stack[]; references: References; resolve(value: unknown): unknown }

/** Makes the resolver for a set of stacks that may import each other's exports. */
export function createResolver(stacks: readonly Stack[], references: References): Resolve {
  const resolve: Resolve = (value, stack) => {
    const scope: Scope = { stack, stacks, references, resolve: inner => resolve(inner, stack) }
    if (Array.isArray(value)) return value.map(scope.resolve).filter(item => item !== undefined)
    if (!isObject(value)) return value
    const [name = '', argument] = Object.entries(value)[0] ?? []
    const intrinsic = Object.keys(value).length === 1 ? intrinsics[name] : undefined
    return intrinsic ? intrinsic(argument, scope) : resolveMembers(value, scope)
  }
  return resolve
}

function resolveMembers(value: Record<string, unknown>, scope: Scope): Record<string, unknown> {
  const members = Object.entries(value).map(([key, inner]) => [key, scope.resolve(inner)] as const)
  return Object.fromEntries(members.filter(([, inner]) => inner !== undefined))
}

const intrinsics: Record<string, (argument: unknown, scope: Scope) => unknown> = {
  Ref: (argument, scope) => refer(String(argument), scope),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId = '', ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.')
    return scope.references.attribute(resourceNamed(logicalId, scope), path.join('.'))
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(argument)
    return list(scope.resolve(parts)).join(String(separator))
  },
  'Fn::Sub': (argument, scope) => substitute(argument, scope),
  'Fn::ImportValue': (argument, scope) => importValue(scope.resolve(argument), scope),
  'Fn::Select': (argument, scope) => {
    const [index, items] = list(scope.resolve(argument))
    return list(items)[Number(index)]
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = list(scope.resolve(argument))
    return String(text).split(String(separator))
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list(scope.resolve(argument)).map(String)
    return member(member(scope.stack.mappings[map ?? ''], first), second)
  },
  'Fn::Base64': (argument, scope) => Buffer.from(String(scope.resolve(argument))).toString('base64'),
  'Fn::GetAZs': (_argument, { stack }) => ['a', 'b', 'c'].map(zone => `${stack.region}${zone}`),
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list(argument)
    return scope.resolve(isTrue(scope.stack.conditions[String(condition)], scope) ? whenTrue : whenFalse)
  },
}

/** Evaluates a CloudFormation condition; an unknown one counts as false. */
function isTrue(condition: unknown, scope: Scope): boolean {
  if (!isObject(condition)) return condition === true
  const [name, argument] = Object.entries(condition)[0] ?? []
  if (name === 'Condition') return isTrue(scope.stack.conditions[String(argument)], scope)
  if (name === 'Fn::Not') return !isTrue(list(argument)[0], scope)
  if (name === 'Fn::And') return list(argument).every(inner => isTrue(inner, scope))
  if (name === 'Fn::Or') return list(argument).some(inner => isTrue(inner, scope))
  if (name !== 'Fn::Equals') return false
  const [left, right] = list(scope.resolve(argument))
  return left === right
}

function refer(name: string, scope: Scope): unknown {
  const { stack } = scope
  if (name.startsWith('AWS::')) return pseudoParameter(name, stack)
  if (name in stack.parameters) return stack.parameters[name]
  return scope.references.ref(resourceNamed(name, scope))
}

function pseudoParameter(name: string, stack: Stack): unknown {
  const values: Record<string, unknown> = {
    'AWS::AccountId': localAccount,
    'AWS::Region': stack.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${stack.region}:${localAccount}:stack/${stack.name}/local`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': undefined,
  }
  if (!(name in values)) throw new Error(`${stack.name}: unknown pseudo parameter ${name}`)
  return values[name]
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}]
  return String(text).replaceAll(/\$\{([^}]+)\}/g, (_match, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`
    if (isObject(variables) && name in variables) return String(scope.resolve(variables[name]))
    return String(scope.resolve(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }))
  })
}

function importValue(name: unknown, scope: Scope): unknown {
  for (const stack of scope.stacks) {
    for (const output of stack.outputs.values()) {
      const inside = createResolver(scope.stacks, scope.references)
      if (output.exportName !== undefined && inside(output.exportName, stack) === name)
        return inside(output.value, stack)
    }
  }
  throw new Error(`${scope.stack.name}: no stack exports "${String(name)}"`)
}

function resourceNamed(logicalId: string, { stack }: Scope): Resource {
  const resource = stack.resources.get(logicalId)
  if (!resource) throw new Error(`${stack.name}: the template refers to ${logicalId}, which it does not declare`)
  return resource
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function member(value: unknown, key = ''): unknown {
  return isObject(value) ? value[key] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
