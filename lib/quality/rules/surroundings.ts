import { type Fault, faultless, type Judged } from '#lib/quality/rules/rule.ts'
import { isEmpty } from '#lib/records/fields/empty.ts'
import { isStale } from '#lib/refresh/is-stale.ts'
import { brokenStandards } from '#lib/settings/entry-standards.ts'

/** Finds a record that nobody has verified within the time in which it should be. */
export function stale({ object, record, at }: Judged): readonly Fault[] {
  if (!isStale(object, record, at)) return faultless
  const last = record.fields['lastVerifiedAt']
  const since = typeof last === 'string' ? `was last verified on ${last.slice(0, 10)}` : 'was never verified'
  const detail = `The record ${since} and is due to be verified again.`
  const fix = `Check the data, then POST /v1/${object.plural}/${record.id}/verify.`
  return [{ field: 'lastVerifiedAt', severity: 'warning', share: 1, detail, fix }]
}

/** Finds a record that open groups of likely duplicates name. */
export function duplicated({ object, record }: Judged): readonly Fault[] {
  const groups = record.checked?.duplicates ?? 0
  if (groups <= 0) return faultless
  const detail = `${groups} open group${groups > 1 ? 's' : ''} of likely duplicates name${groups > 1 ? '' : 's'} it.`
  const fix = `See GET /v1/${object.plural}/${record.id}/duplicates; merge them, or say that they are none.`
  return [{ severity: 'warning', share: 1, detail, fix }]
}

/** Finds a record that nobody looks after, or that refers to something that is gone. */
export function orphaned({ object, record }: Judged): readonly Fault[] {
  const faults: Omit<Fault, 'share'>[] = []
  const { ownerField } = object
  if (ownerField && ownerField !== 'id' && isEmpty(record.fields[ownerField])) {
    const detail = `${ownerField} is empty: nobody looks after the record.`
    faults.push({ field: ownerField, severity: 'warning', detail, fix: `Give ${ownerField} a user.` })
  }
  for (const field of record.checked?.missing ?? []) {
    const isOwner = field === ownerField
    const fix = isOwner ? `Give ${field} a user who is there.` : `Give ${field} a record that exists, or clear it.`
    const detail = `${field} refers to a ${isOwner ? 'user who has left' : 'record that is gone'}.`
    faults.push({ field, severity: 'error', detail, fix })
  }
  return faults.length === 0 ? faultless : faults.map(fault => ({ ...fault, share: 1 / faults.length }))
}

/** Finds what the record does not meet of its tenant's entry standards. */
export function belowStandard({ object, record, at }: Judged): readonly Fault[] {
  const standards = at.policy.standards[object.name]
  if (!standards) return faultless
  const broken = brokenStandards(object, record.fields, standards)
  return broken.map(({ field, code, detail }) => ({
    field,
    severity: 'warning',
    share: 1 / broken.length,
    detail,
    fix: code === 'required' ? `Fill in ${field}.` : `Change ${field} to what the entry standard asks for.`,
  }))
}
