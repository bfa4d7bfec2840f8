import { contact } from '#schemas/objects/contact.ts'
import { fieldsOf, type MatchSet, pairsOfEntities, readRows } from './matching.ts'

/** Made Australian persons; the social security number is left out, since a CRM has none. */
export async function febrl(file: string): Promise<MatchSet> {
  const rows = readRows(file)
  const records = await Promise.all(
    rows.map(async row => ({
      id: row['rec_id'] ?? '',
      fields: await fieldsOf(
        contact,
        {
          name: `${row['given_name']} ${row['surname']}`.trim(),
          birthday: isoDay(row['date_of_birth'] ?? ''),
          address: {
            street: [row['street_number'], row['address_1'], row['address_2']].filter(Boolean).join(' '),
            city: row['suburb'] ?? '',
            postalCode: row['postcode'] ?? '',
            province: row['state'] ?? '',
          },
        },
        'AU',
      ),
    })),
  )
  const entities = records.map(({ id }): [string, string] => [id, id.split('-')[1] ?? id])
  return { object: contact, records, truth: pairsOfEntities(new Map(entities)) }
}

function isoDay(digits: string): string {
  return digits.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
}
