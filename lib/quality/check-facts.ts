import { isMailService } from '#lib/normalize/email.ts'
import { createMailDomains, type MailDomains } from '#lib/quality/mail-domains.ts'
import { missingReferences } from '#lib/quality/missing-references.ts'
import { mailDomain } from '#lib/quality/rules/emails.ts'
import { entriesOf, fieldsOfType, type QualityAt } from '#lib/quality/rules/rule.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readOpenGroups } from '#lib/store/duplicate-items.ts'
import type { Checked, StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What the surroundings of some records tell, by id: every record has an entry, so that an old note can be cleared. */
export type FactChecker = (records: readonly StoredRecord[]) => Promise<ReadonlyMap<string, Checked>>

/** What a checker looks facts up with; without `mailDomains` it asks the DNS. */
type Sources = Pick<Context, 'store' | 'clock'> & { mailDomains?: MailDomains }

let dns: MailDomains | undefined

/**
 * Makes a checker for records of one object. Open groups of duplicates are read once, with the first records; references
 * and, when the policy allows it, mail domains are looked up for many records at once. A domain that nobody can tell about
 * stays what the record's last note has it for.
 */
export function createFactChecker(sources: Sources, object: ObjectDefinition, at: QualityAt): FactChecker {
  const alive = new Set<string>()
  let groups: Promise<ReadonlyMap<string, number>> | undefined
  return async records => {
    groups ??= openGroups(sources, object)
    const [duplicates, missing, dead] = await Promise.all([
      groups,
      missingReferences(sources.store, { object, alive }, records),
      deadDomains(sources, object, at.policy.quality.checkMailDomains ? records : []),
    ])
    return new Map(
      records.map(({ id }) => {
        const fact: Checked = { at: at.now.toISOString() }
        const count = duplicates.get(id)
        const fields = missing.get(id)
        const domains = dead.get(id)
        if (count) fact.duplicates = count
        if (fields) Object.assign(fact, { orphan: true, missing: fields })
        if (domains) fact.deadDomains = domains
        return [id, fact]
      }),
    )
  }
}

/** In how many open groups each record of an object is. */
async function openGroups({ store }: Sources, { name }: ObjectDefinition): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for await (const { members } of readOpenGroups(store, name))
    for (const id of members) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

/** The domains of each record's addresses that take no mail; records without any are absent. */
async function deadDomains(
  { clock, mailDomains }: Sources,
  object: ObjectDefinition,
  records: readonly StoredRecord[],
): Promise<ReadonlyMap<string, string[]>> {
  const byRecord = records.map(record => ({ record, domains: domainsOf(object, record) }))
  const all = byRecord.flatMap(({ domains }) => domains)
  if (all.length === 0) return new Map()
  dns ??= createMailDomains(clock)
  const states = await (mailDomains ?? dns).statesOf(all)
  return new Map(
    byRecord.flatMap(({ record: { id, checked }, domains }): [string, string[]][] => {
      const known = checked?.deadDomains ?? []
      const dead = domains.filter(domain => {
        const state = states.get(domain) ?? 'unknown'
        return state === 'dead' || (state === 'unknown' && known.includes(domain))
      })
      return dead.length === 0 ? [] : [[id, dead]]
    }),
  )
}

function domainsOf(object: ObjectDefinition, { fields }: StoredRecord): string[] {
  const entries = fieldsOfType(object, 'emails').flatMap(field => entriesOf(fields[field]))
  const domains = entries.flatMap(({ value }) => mailDomain(value) ?? [])
  return [...new Set(domains)].filter(domain => !isMailService(domain)).toSorted()
}
