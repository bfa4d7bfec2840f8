import type { Client } from '#infra/local/client.ts'
import { companyOf, readPeople } from '../people.ts'

/** 100: the most operations a batch may have. */
const batchSize = 100

type Results = { results: { status: number; id?: string }[] }

/**
 * Loads the demo's companies and people through the API.
 * @returns the ids of what was created.
 */
export async function loadDrill(client: Client): Promise<string[]> {
  const people = readPeople()
  const companies = [...new Set(people.map(companyOf))].filter(name => name !== '')
  const customers = await load(
    client,
    'customers',
    companies.map(name => ({ name })),
  )
  const contacts = await load(
    client,
    'contacts',
    people.flatMap(({ name }) => (name === '' ? [] : [{ name }])),
  )
  return [...customers, ...contacts]
}

async function load(client: Client, object: string, records: readonly object[]): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < records.length; at += batchSize) {
    const operations = records.slice(at, at + batchSize).map(record => ({ op: 'create', record }))
    const path = `/v1/${object}/batch?allowDuplicates=true`
    const { results } = await client.call<Results>('POST', path, { operations })
    ids.push(...results.flatMap(({ id }) => id ?? []))
  }
  return ids
}
