import { type FieldDefinition, type ObjectDefinition, targetsOf } from '#schemas/definition.ts'
import { activity } from '#schemas/objects/activity.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { accessAlert } from '#schemas/system/access-alert.ts'
import { audit, auditItem } from '#schemas/system/audit.ts'
import { backup } from '#schemas/system/backup.ts'
import { exportJob } from '#schemas/system/export.ts'
import { importJob } from '#schemas/system/import.ts'
import { merge } from '#schemas/system/merge.ts'
import { notification } from '#schemas/system/notification.ts'
import { qualityReport } from '#schemas/system/quality-report.ts'
import { qualitySnapshot } from '#schemas/system/quality-snapshot.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'
import { reminder } from '#schemas/system/reminder.ts'
import { role } from '#schemas/system/role.ts'
import { run } from '#schemas/system/run.ts'
import { setting } from '#schemas/system/setting.ts'
import { team } from '#schemas/system/team.ts'
import { user } from '#schemas/system/user.ts'

/** The objects of a tenant, found by name, by plural (URLs) and by id prefix. */
export type ObjectRegistry = {
  all: readonly ObjectDefinition[]
  byName: ReadonlyMap<string, ObjectDefinition>
  byPlural: ReadonlyMap<string, ObjectDefinition>
  byPrefix: ReadonlyMap<string, ObjectDefinition>
}

/**
 * Indexes definitions and checks them against each other.
 * @throws Error naming object.field when a reference has no target, or two objects share a name, plural or prefix.
 */
export function createRegistry(definitions: readonly ObjectDefinition[]): ObjectRegistry {
  const byName = indexBy(definitions, 'name')
  for (const definition of definitions) checkReferences(definition, byName)
  return {
    all: definitions,
    byName,
    byPlural: indexBy(definitions, 'plural'),
    byPrefix: indexBy(definitions, 'prefix'),
  }
}

/** The objects every tenant has. */
export const standardObjects: ObjectRegistry = createRegistry([
  customer,
  contact,
  activity,
  user,
  role,
  team,
  importJob,
  exportJob,
  merge,
  refreshPlan,
  audit,
  auditItem,
  notification,
  qualityReport,
  qualitySnapshot,
  setting,
  run,
  backup,
  accessAlert,
  reminder,
])

function indexBy(definitions: readonly ObjectDefinition[], key: 'name' | 'plural' | 'prefix') {
  const index = new Map<string, ObjectDefinition>()
  for (const definition of definitions) {
    const holder = index.get(definition[key])
    if (holder) throw new Error(`${definition.name}: its ${key} "${definition[key]}" is taken by ${holder.name}`)
    index.set(definition[key], definition)
  }
  return index
}

function checkReferences(definition: ObjectDefinition, byName: ReadonlyMap<string, ObjectDefinition>): void {
  for (const [key, field] of Object.entries(definition.fields))
    for (const [place, target] of placesOf(`${definition.name}.${key}`, field))
      if (!byName.has(target)) throw new Error(`${place}: refers to "${target}", which is no object`)
}

function placesOf(place: string, field: FieldDefinition): [place: string, target: string][] {
  if (field.type === 'list')
    return Object.entries(field.fields).flatMap(([part, each]) => placesOf(`${place}.${part}`, each))
  if (field.type === 'user') return [[place, 'user']]
  return field.type === 'reference' ? targetsOf(field).map(target => [place, target]) : []
}
