import { contact } from '#schemas/objects/contact.ts'
import { fieldsOf, type MatchBars, type MatchSet, pairsOfEntities, readRows } from './matching.ts'

/** What the issue asks of these rows. */
export const zhBars: MatchBars = { f1: 0.97, mergePrecision: 0.995, suggestRecall: 0.98 }

/** Chinese customers' contacts with eleven kinds of dirt. */
export async function zhCustomers(file: string, truthFile: string): Promise<MatchSet> {
  const records = await Promise.all(
    readRows(file).map(async row => ({
      id: row['rec_id'] ?? '',
      fields: await fieldsOf(contact, {
        name: row['name'] ?? '',
        companyName: row['company'] ?? '',
        title: row['title'] ?? '',
        emails: row['email'] ? [{ value: row['email'] }] : [],
        phones: [row['mobile'], row['phone']].flatMap(value => (value ? [{ value }] : [])),
        handles: row['wechat'] ? [{ service: 'wechat', value: row['wechat'] }] : [],
        address: { province: row['province'] ?? '', city: row['city'] ?? '', street: row['address'] ?? '' },
      }),
    })),
  )
  const truth = readRows(truthFile).map((row): [string, string] => [row['rec_id'] ?? '', row['entity_id'] ?? ''])
  return { object: contact, records, truth: pairsOfEntities(new Map(truth)) }
}
