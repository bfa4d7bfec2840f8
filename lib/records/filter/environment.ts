import { Environment } from '@marcbachmann/cel-js'
import { isJudged } from '#lib/quality/open-quality.ts'
import { typeOf } from '#lib/records/fields/types.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Server-owned members that a filter may use, with their CEL types. */
const serverTypes: Record<string, string> = {
  id: 'string',
  object: 'string',
  version: 'double',
  createdAt: 'google.protobuf.Timestamp',
  createdBy: 'string',
  updatedAt: 'google.protobuf.Timestamp',
  updatedBy: 'string',
}

/** Bounds on a filter: a person's condition has tens of parts, not thousands. */
const limits = { maxAstNodes: 400, maxDepth: 24, maxListElements: 200, maxMapEntries: 20, maxCallArguments: 10 }

const environments = new WeakMap<ObjectDefinition, Environment>()

/** The CEL environment in which an object's filters are checked: `record` with its fields, and `me`, the actor's id. */
export function environmentFor(object: ObjectDefinition): Environment {
  const known = environments.get(object)
  if (known) return known
  const environment = new Environment({ limits })
  const members = { ...serverTypes }
  for (const [name, field] of Object.entries(object.fields)) {
    const type = typeOf(field).cel(field, `${object.name}_${name}`)
    for (const [typeName, fields] of Object.entries(type.types ?? {})) environment.registerType(typeName, { fields })
    members[name] = type.name
  }
  if (isJudged(object)) members['quality'] = qualityType(environment, object)
  environment.registerType(object.name, { fields: members })
  environment.registerVariable('record', object.name)
  environment.registerVariable('me', 'string')
  addNumberComparisons(environment)
  environments.set(object, environment)
  return environment
}

/** `record.quality.score < 60`, `record.quality.issues.exists(issue, issue.rule == "phoneInvalid")`. */
function qualityType(environment: Environment, object: ObjectDefinition): string {
  const issue = {
    rule: 'string',
    field: 'string',
    severity: 'string',
    points: 'double',
    detail: 'string',
    fix: 'string',
  }
  environment.registerType(`${object.name}_issue`, { fields: issue })
  environment.registerType(`${object.name}_quality`, {
    fields: { score: 'double', issues: `list<${object.name}_issue>` },
  })
  return `${object.name}_quality`
}

/** CEL has no `double == int`; people write `record.durationMinutes == 30`. */
function addNumberComparisons(environment: Environment): void {
  environment.registerOperator('double == int', (a: number, b: bigint) => a === Number(b))
}
