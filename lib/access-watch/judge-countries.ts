import type { Finding } from '#lib/access-watch/judge.ts'
import { noteCountry } from '#lib/store/access-countries.ts'
import type { Store } from '#lib/store/table.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** Who came from a country from which they had never come; only where the settings say which header tells the country. */
export async function judgeCountries(index: Store, records: readonly AccessRecord[], ttl: number): Promise<Finding[]> {
  const seen = new Map<string, AccessRecord>()
  for (const record of records) {
    const { userIdentity: who, additionalEventData: more } = record
    const country = more['country']
    if (who.principalId === undefined || typeof country !== 'string' || record.errorCode === 'unauthenticated') continue
    seen.set(`${who.principalId} ${country}`, record)
  }
  const findings: Finding[] = []
  for (const [key, record] of seen) {
    const [actor = '', country = ''] = key.split(' ')
    const isNew = await noteCountry(index, { actor, country, file: record.eventID, ttl })
    const { startedAt: since } = record.additionalEventData
    if (isNew)
      findings.push({
        kind: 'newCountry',
        actor,
        key: country,
        since,
        count: 1,
        country,
        sourceIp: record.sourceIPAddress,
      })
  }
  return findings
}
