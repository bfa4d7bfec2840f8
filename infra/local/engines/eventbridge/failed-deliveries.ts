import { join } from 'node:path'
import * as z from 'zod'
import { jsonColumn, openDatabase } from '../database.ts'
import type { Delivery } from './rules.ts'

const schema = `CREATE TABLE IF NOT EXISTS delivery (id INTEGER PRIMARY KEY AUTOINCREMENT, ruleArn TEXT, targetArn TEXT,
  deadLetterArn TEXT, payload TEXT, event TEXT, attempts INTEGER, dueAt INTEGER, error TEXT);`

const deliveryRow = z.object({
  id: z.number(),
  ruleArn: z.string(),
  targetArn: z.string(),
  deadLetterArn: z.string().nullable(),
  payload: jsonColumn(z.unknown()),
  event: jsonColumn(z.unknown()),
  attempts: z.number(),
  error: z.string(),
})
const dueRow = z.object({ at: z.number().nullable() })
const countRow = z.object({ count: z.number() })

/** A delivery that failed `attempts` times. */
export type FailedDelivery = z.infer<typeof deliveryRow>

/** Opens the failed deliveries kept in `dir`. */
export function openFailedDeliveries(dir: string) {
  const database = openDatabase(join(dir, 'deliveries.db'), schema)
  const insert = database.change(
    `INSERT INTO delivery (ruleArn, targetArn, deadLetterArn, payload, event, attempts, dueAt, error)
     VALUES (?, ?, ?, ?, ?, 1, ?, ?)`,
  )
  const nextDue = database.select(dueRow, 'SELECT min(dueAt) AS at FROM delivery')
  const count = database.select(countRow, 'SELECT count(*) AS count FROM delivery')
  return {
    add: ({ ruleArn, targetArn, deadLetterArn, payload, event }: Delivery, dueAt: number, error: string) => {
      const texts = [JSON.stringify(payload ?? null), JSON.stringify(event)]
      insert(ruleArn, targetArn, deadLetterArn ?? null, ...texts, dueAt, error)
    },
    due: database.select(deliveryRow, 'SELECT * FROM delivery WHERE dueAt <= ? ORDER BY dueAt, id LIMIT 100').all,
    nextDueAt: () => nextDue.one()?.at ?? undefined,
    postpone: database.change('UPDATE delivery SET attempts = attempts + 1, dueAt = ?, error = ? WHERE id = ?'),
    remove: database.change('DELETE FROM delivery WHERE id = ?'),
    count: () => count.one()?.count ?? 0,
    close: database.close,
  }
}
