import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Database, jsonColumn } from '../database.ts'
import { type MessageAttributes, messageAttributes } from './message-attributes.ts'
import { type Queue, type QueueStore, queueName } from './queue-store.ts'

export const messageSchema = `
CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT, id TEXT, body TEXT, attributes TEXT,
  senderId TEXT, sentAt INTEGER, visibleAt INTEGER, receiveCount INTEGER DEFAULT 0, firstReceivedAt INTEGER, receipt TEXT,
  sourceArn TEXT);
CREATE INDEX IF NOT EXISTS messageByVisibility ON message (queue, visibleAt, seq);`

const messageRow = z.object({
  seq: z.number(),
  id: z.string(),
  body: z.string(),
  attributes: jsonColumn(messageAttributes),
  senderId: z.string(),
  sentAt: z.number(),
  receiveCount: z.number(),
  firstReceivedAt: z.number().nullable(),
  sourceArn: z.string().nullable(),
})
const numberRow = z.object({ number: z.number().nullable() })

type MessageRow = z.infer<typeof messageRow>

/** A message as one receiver holds it. */
export type HeldMessage = MessageRow & { receiptHandle: string }

/** What a receive did: the messages now held, and the dead-letter queue that exhausted ones went to. */
type Taken = { held: HeldMessage[]; movedTo: Queue | undefined }

/** A message to be kept. */
export type NewMessage = { body: string; attributes: MessageAttributes; senderId: string; delayS: number }

/** Messages on disk. */
export type MessageStore = ReturnType<typeof openMessageStore>

/** Prepares every statement on messages. */
export function openMessageStore(database: Database, queues: QueueStore, now: () => number) {
  const insert = database.change(
    'INSERT INTO message (queue, id, body, attributes, senderId, sentAt, visibleAt) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const select = (what: string, where: string) =>
    database.select(numberRow, `SELECT ${what} AS number FROM message WHERE queue = ? ${where}`).one
  const countAll = select('count(*)', '')
  const countVisible = select('count(*)', 'AND visibleAt <= ?')
  const countInFlight = select('count(*)', 'AND visibleAt > ? AND receipt IS NOT NULL')
  const nextVisible = select('min(visibleAt)', 'AND visibleAt > ?')
  const first = select('seq', 'LIMIT 1')
  const expire = database.change('DELETE FROM message WHERE queue = ? AND sentAt <= ?')
  return {
    add: (queue: Queue, messages: NewMessage[]): string[] =>
      database.transaction(() =>
        messages.map(({ body, attributes, senderId, delayS }) => {
          const id = randomUUID()
          const sentAt = now()
          insert(queue.name, id, body, JSON.stringify(attributes), senderId, sentAt, sentAt + delayS * 1000)
          return id
        }),
      ),
    take: prepareTake(database, queues, now),
    ...prepareReceipts(database, now),
    purge: database.change('DELETE FROM message WHERE queue = ?'),
    countAll: (queue: Queue) => countAll(queue.name)?.number ?? 0,
    countVisible: (queue: Queue) => countVisible(queue.name, now())?.number ?? 0,
    countInFlight: (queue: Queue) => countInFlight(queue.name, now())?.number ?? 0,
    isEmpty: (queue: Queue) => first(queue.name) === undefined,
    nextVisibleAt: (queue: Queue) => nextVisible(queue.name, now())?.number ?? undefined,
    expire: (queue: Queue) => expire(queue.name, now() - queue.attributes.MessageRetentionPeriod * 1000),
  }
}

/** Statements that hide and answer visible messages, and move the exhausted ones to the dead-letter queue. */
function prepareTake(database: Database, queues: QueueStore, now: () => number) {
  const visible = database.select(
    messageRow,
    'SELECT * FROM message WHERE queue = ? AND visibleAt <= ? AND sentAt > ? ORDER BY visibleAt, seq LIMIT ?',
  )
  const hide = database.change(
    'UPDATE message SET receipt = ?, visibleAt = ?, receiveCount = ?, firstReceivedAt = ? WHERE seq = ?',
  )
  const moveExhausted = database.change(
    `UPDATE message SET queue = ?, sourceArn = ?, receipt = NULL, visibleAt = ?
     WHERE queue = ? AND visibleAt <= ? AND receiveCount >= ?`,
  )
  const take = (queue: Queue, max: number, visibilityS: number): Taken => {
    const at = now()
    const read = () => visible.all(queue.name, at, at - queue.attributes.MessageRetentionPeriod * 1000, max)
    const rows = read()
    const { deadLetters, limit } = redriveOf(queues, queue)
    const isExhausted = deadLetters !== undefined && rows.some(row => row.receiveCount >= limit)
    if (isExhausted) moveExhausted(deadLetters.name, queue.arn, at, queue.name, at, limit)
    const receipt = randomUUID()
    const held = (isExhausted ? read() : rows).map(row => {
      const count = { receiveCount: row.receiveCount + 1, firstReceivedAt: row.firstReceivedAt ?? at }
      hide(receipt, at + visibilityS * 1000, count.receiveCount, count.firstReceivedAt, row.seq)
      return { ...row, ...count, receiptHandle: toHandle(row.seq, receipt) }
    })
    return { held, movedTo: isExhausted ? deadLetters : undefined }
  }
  return (queue: Queue, max: number, visibilityS: number): Taken =>
    database.transaction(() => take(queue, max, visibilityS))
}

/** Where messages go that were received `limit` times; nowhere while that queue does not exist. */
function redriveOf(queues: QueueStore, queue: Queue): { deadLetters: Queue | undefined; limit: number } {
  const { RedrivePolicy: redrive } = queue.attributes
  if (redrive === undefined) return { deadLetters: undefined, limit: Number.POSITIVE_INFINITY }
  return { deadLetters: queues.find(queueName(redrive.deadLetterTargetArn)), limit: redrive.maxReceiveCount }
}

/** Statements on messages that a receiver holds; a handle of an earlier receipt changes nothing. */
function prepareReceipts(database: Database, now: () => number) {
  const remove = database.change('DELETE FROM message WHERE seq = ? AND receipt = ? AND queue = ?')
  const setVisible = database.change('UPDATE message SET visibleAt = ? WHERE seq = ? AND receipt = ? AND queue = ?')
  return {
    remove: (queue: Queue, handle: string): boolean => {
      const { seq, receipt } = parseHandle(handle)
      return remove(seq, receipt, queue.name) > 0
    },
    setVisibility: (queue: Queue, handle: string, visibilityS: number): boolean => {
      const { seq, receipt } = parseHandle(handle)
      return setVisible(now() + visibilityS * 1000, seq, receipt, queue.name) > 0
    },
  }
}

function toHandle(seq: number, receipt: string): string {
  return Buffer.from(`${seq}:${receipt}`).toString('base64url')
}

function parseHandle(handle: string): { seq: number; receipt: string } {
  const [, seq, receipt] = /^(\d+):(.+)$/.exec(Buffer.from(handle, 'base64url').toString()) ?? []
  if (seq === undefined || receipt === undefined) {
    throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`)
  }
  return { seq: Number(seq), receipt }
}
