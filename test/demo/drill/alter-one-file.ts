import { join } from 'node:path'
import * as z from 'zod'
import { openDatabase } from '#infra/local/engines/database.ts'
import { rot } from '../../support/vault.ts'

const row = z.object({ bucket: z.string(), key: z.string(), id: z.string() })

/**
 * Flips one bit in the middle of the largest data file of the vault, past S3, as a failing disk would; the copy of the second
 * region stays as it is.
 * @returns the file's key.
 */
export function alterOneFile(dataDir: string): string {
  const folder = join(dataDir, 's3')
  const index = openDatabase(join(folder, 'index.db'), 'PRAGMA busy_timeout = 2000')
  const file = index
    .select(
      row,
      `SELECT bucket, key, id FROM version WHERE key LIKE 'table/AWSDynamoDB/%.json.gz' AND bucket NOT LIKE '%copy%'
       ORDER BY size DESC LIMIT 1`,
    )
    .one()
  index.close()
  if (!file) throw new Error('The vault has no data file.')
  rot(folder, {
    ...{ bucket: file.bucket, key: file.key, versionId: file.id },
    change: bytes => Buffer.from(bytes.map((byte, place) => (place === bytes.length >> 1 ? byte ^ 1 : byte))),
  })
  return file.key
}
