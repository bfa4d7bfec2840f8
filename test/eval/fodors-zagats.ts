import { customer } from '#schemas/objects/customer.ts'
import { fieldsOf, type MatchSet, type Row, readRows } from './matching.ts'

/** Restaurants of two guides; pairs within one guide do not count. */
export async function fodorsZagats(fodorsFile: string, zagatsFile: string, linksFile: string): Promise<MatchSet> {
  const fodors = await Promise.all(readRows(fodorsFile).map(row => recordOf('f', row)))
  const zagats = await Promise.all(readRows(zagatsFile).map(row => recordOf('z', row)))
  const links = readRows(linksFile)
  return {
    object: customer,
    records: [...fodors, ...zagats],
    truth: new Set(links.map(row => `f${row['fodors_id']} z${row['zagats_id']}`)),
    counts: (a, b) => a[0] !== b[0],
  }
}

async function recordOf(guide: string, row: Row) {
  const fields = await fieldsOf(
    customer,
    {
      name: row['name'] ?? '',
      phones: row['phone'] ? [{ value: row['phone'].replace('/', '-') }] : [],
      address: { street: row['addr'] ?? '', city: row['city'] ?? '' },
    },
    'US',
  )
  return { id: `${guide}${row['id']}`, fields }
}
