import { contact } from '#schemas/objects/contact.ts'
import { fieldsOf, type MatchSet, pairsOfEntities, readRows } from './matching.ts'

/** Made British persons with e-mail addresses and much missing. */
export async function splink(file: string): Promise<MatchSet> {
  const rows = readRows(file)
  const records = await Promise.all(
    rows.map(async row => ({
      id: row['unique_id'] ?? '',
      fields: await fieldsOf(
        contact,
        {
          name: `${row['first_name']} ${row['surname']}`.trim(),
          birthday: row['dob'] ?? '',
          emails: row['email'] ? [{ value: row['email'] }] : [],
          address: { city: row['city'] ?? '' },
        },
        'GB',
      ),
    })),
  )
  const entities = rows.map((row): [string, string] => [row['unique_id'] ?? '', row['cluster'] ?? ''])
  return { object: contact, records, truth: pairsOfEntities(new Map(entities)) }
}
