import { areaComparison, streetComparison } from '#lib/duplicates/comparisons/address.ts'
import { companyNameComparison, employerComparison } from '#lib/duplicates/comparisons/company-name.ts'
import type { Comparison } from '#lib/duplicates/comparisons/comparison.ts'
import { emailComparison, handleComparison, phoneComparison } from '#lib/duplicates/comparisons/contact-details.ts'
import { codeComparison, dateComparison, roleComparison, websiteComparison } from '#lib/duplicates/comparisons/facts.ts'
import { personNameComparison } from '#lib/duplicates/comparisons/person-name.ts'
import type { MatchKind } from '#lib/records/match-keys.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'

const known = new WeakMap<ObjectDefinition, readonly Comparison[]>()

/** How records of an object are compared, told by its fields and their match keys. */
export function comparisonsOf(object: ObjectDefinition): readonly Comparison[] {
  const cached = known.get(object)
  if (cached) return cached
  const isPerson = Object.values(object.fields).some(field => has(field, 'person'))
  const parent = Object.keys(object.fields).find(name => isParent(object.fields[name]))
  const comparisons = Object.entries(object.fields).flatMap(([name, field]) =>
    isPerson ? ofPerson(name, field, parent) : ofCompany(name, field),
  )
  known.set(object, comparisons)
  return comparisons
}

function ofPerson(name: string, field: FieldDefinition, parent: string | undefined): Comparison[] {
  if (has(field, 'person')) return [personNameComparison(name)]
  if (has(field, 'employer')) return [employerComparison(name, parent)]
  if (has(field, 'role')) return [roleComparison(name)]
  if (has(field, 'phone')) return [phoneComparison(name, 'mobile'), phoneComparison(name, 'desk')]
  if (field.type === 'address') return [streetComparison(name), areaComparison(name)]
  return ofAny(name, field)
}

function ofCompany(name: string, field: FieldDefinition): Comparison[] {
  if (has(field, 'name')) return [companyNameComparison(name)]
  if (has(field, 'phone')) return [phoneComparison(name, 'any')]
  if (field.type === 'address') return [streetComparison(name), areaComparison(name)]
  return ofAny(name, field)
}

function ofAny(name: string, field: FieldDefinition): Comparison[] {
  if (has(field, 'email')) return [emailComparison(name)]
  if (has(field, 'handle') && field.type === 'list') return [handleComparison(name, field)]
  if (has(field, 'date')) return [dateComparison(name)]
  if (has(field, 'taxId')) return [codeComparison(name)]
  if (field.type === 'url' && has(field, 'domain')) return [websiteComparison(name)]
  return []
}

function isParent(field: FieldDefinition | undefined): boolean {
  return field?.type === 'reference' && field.parent === true
}

function has(field: FieldDefinition, kind: MatchKind): boolean {
  return field.matchOn?.includes(kind) === true
}
