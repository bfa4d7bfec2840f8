import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Database, jsonColumn } from '../database.ts'
import type { EngineSettings } from '../engine.ts'
import { attributeTexts, parseQueueAttributes, type QueueAttributes } from './queue-attributes.ts'

export const queueSchema =
  'CREATE TABLE IF NOT EXISTS queue (name TEXT PRIMARY KEY, attributes TEXT, createdAt INTEGER, modifiedAt INTEGER);'

const queueRow = z.object({
  name: z.string(),
  attributes: jsonColumn(z.record(z.string(), z.unknown())),
  createdAt: z.number(),
  modifiedAt: z.number(),
})

/** A queue without its messages. */
export type Queue = { name: string; arn: string; attributes: QueueAttributes; createdAt: number; modifiedAt: number }

/** The queues, kept on disk and read from memory. */
export type QueueStore = ReturnType<typeof openQueueStore>

/** Loads the queues. */
export function openQueueStore(database: Database, settings: EngineSettings) {
  const arnOf = (name: string) => `arn:aws:sqs:${settings.region}:${settings.accountId}:${name}`
  const loaded = database.select(queueRow, 'SELECT * FROM queue').all()
  const queues = new Map(
    loaded.map(row => [row.name, { ...row, arn: arnOf(row.name), attributes: parseQueueAttributes(row.attributes) }]),
  )
  const write = database.change('INSERT OR REPLACE INTO queue VALUES (?, ?, ?, ?)')
  const erase = database.change('DELETE FROM queue WHERE name = ?')
  return {
    arnOf,
    find: (name: string): Queue | undefined => queues.get(name),
    all: (): Queue[] => [...queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    put: (name: string, attributes: QueueAttributes): Queue => {
      const now = settings.now()
      const createdAt = queues.get(name)?.createdAt ?? now
      const queue = { name, arn: arnOf(name), attributes, createdAt, modifiedAt: now }
      write(name, JSON.stringify(attributeTexts(attributes)), createdAt, now)
      queues.set(name, queue)
      return queue
    },
    delete: (name: string) => {
      queues.delete(name)
      erase(name)
    },
  }
}

/** Finds a queue by its URL, ARN or name: whatever comes after the last `/` or `:`. */
export function findQueue(queues: QueueStore, reference: string): Queue {
  const queue = queues.find(queueName(reference))
  if (queue === undefined) throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${reference}`)
  return queue
}

/** The name in a queue's URL or ARN. */
export function queueName(reference: string): string {
  return reference.replace(/^.*[/:]/, '')
}
