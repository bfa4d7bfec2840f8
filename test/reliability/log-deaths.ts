import { gunzipSync } from 'node:zlib'
import { callRecord } from '#lib/access-log/call-record.ts'
import { type LogTools, writeAccessBatch } from '#lib/access-log/write-batch.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'
import { createRandom, type Random } from '../bench/random.ts'
import { memoryFiles } from '../support/memory-files.ts'
import type { Tables } from '../support/table.ts'
import { type Process, startProcess } from './cleanup-process.ts'

/** A mistake planted in what writes the log: the proof that looks for it must go red. */
export type LogBug = {
  /** Changes a command on its way to the index. */
  command?: (input: object) => unknown
  files?: (files: Files) => Files
  /** Takes messages off the queue whatever became of them. */
  acknowledgesAll?: boolean
}

/** The planted mistakes by name. */
export const logBugs = {
  none: {},
  /** Claims whoever claimed before. */
  unconditional: { command: withoutConditions },
  /** Writes over a file that another delivery has made. */
  overwrites: {
    files: files => ({
      ...files,
      writeNew: async (key, body) => {
        await files.write(key, body)
        return true
      },
    }),
  },
  /** Takes for written what another file seems to hold. */
  acknowledgesAll: { acknowledgesAll: true },
} satisfies Record<string, LogBug>

/** What became of the records: how often each event is in a log file. */
export type Held = { wanted: number; lost: number; twice: number; deaths: number }

/**
 * Writes records from a queue that delivers some of them again and again, in other company and two deliveries at once,
 * while the writer is killed between any two of its writes, or just after one that nobody hears of any more.
 */
export async function writeUnderDeaths(
  tables: Tables,
  options: { seed: number; records: number; bug?: LogBug },
): Promise<Held> {
  const { seed, records: count, bug = {} } = options
  const random = createRandom(seed)
  const files = memoryFiles()
  const all = Array.from({ length: count }, (_, i) => recordOf(seed, i))
  const pending = new Set(all)
  let deaths = 0
  const deliver = async (batch: readonly AccessRecord[], isLast: boolean) => {
    const process = startProcess(tables, files, { bug: bug.command ?? (() => undefined) })
    if (!isLast && random.next() < 0.7) process.dieAfter(random.below(6), random.next() < 0.5)
    const again = await written(process, bug, batch)
    if (process.isDead()) deaths += 1
    if (again === 'died' && !bug.acknowledgesAll) return
    for (const record of batch) if (again === 'died' || !again.has(record.eventID)) pending.delete(record)
  }
  for (let turn = 0; pending.size > 0 && turn < 2_000; turn++) {
    const isLast = turn > 1_000
    await Promise.all([deliver(draw(random, all, pending), isLast), deliver(draw(random, all, pending), isLast)])
  }
  return { wanted: count, deaths, ...(await countsOf(files, all)) }
}

async function written(process: Process, bug: LogBug, batch: readonly AccessRecord[]): Promise<Set<string> | 'died'> {
  const { ctx, files } = process
  const tools: LogTools = {
    store: ctx.store,
    files: bug.files ? bug.files(files) : files,
    trail: { account: '000000000000', region: 'eu-west-1' },
    clock: ctx.clock,
    indexDays: 400,
  }
  try {
    return (await writeAccessBatch(tools, batch)).again
  } catch (error) {
    // Killed, or refused for a table that another delivery is at: SQS delivers again.
    if (process.isDead() || (error instanceof Error && /overloaded|Conflict/.test(error.message))) return 'died'
    throw error
  } finally {
    process.close()
  }
}

/** Some that wait, and one in three of those that are done: SQS delivers at least once. */
function draw(random: Random, all: readonly AccessRecord[], pending: ReadonlySet<AccessRecord>): AccessRecord[] {
  return all.filter(record => random.next() < (pending.has(record) ? 0.3 : 0.1)).slice(0, 40)
}

async function countsOf(files: ReturnType<typeof memoryFiles>, all: readonly AccessRecord[]) {
  const times = new Map<string, number>()
  for (const key of files.keys()) {
    const pieces: Uint8Array[] = []
    for await (const piece of files.read(key)) pieces.push(piece)
    const { Records } = JSON.parse(gunzipSync(Buffer.concat(pieces)).toString())
    for (const { eventID } of Records) times.set(eventID, (times.get(eventID) ?? 0) + 1)
  }
  return {
    lost: all.filter(({ eventID }) => !times.has(eventID)).length,
    twice: [...times.values()].filter(count => count > 1).length,
  }
}

function recordOf(seed: number, i: number): AccessRecord {
  return callRecord(
    { tenant: 'test', region: 'eu-west-1' },
    {
      requestId: `${seed}-${i}`,
      startedAt: new Date(Date.UTC(2026, 0, 1) + i * 1_000),
      durationMs: 1,
      traceId: `${i}`,
      sourceIp: '127.0.0.1',
      userAgent: 'test',
      operationId: 'getRecord',
      method: 'GET',
      path: '/v1/customers/x',
      pathParameters: { object: 'customers' },
      query: {},
      body: undefined,
      caller: undefined,
      answer: { status: 200 },
    },
  )
}

function withoutConditions(input: object): void {
  const { TransactItems = [] } = input as { TransactItems?: { Put?: Record<string, unknown> }[] }
  for (const { Put } of TransactItems) {
    for (const name of ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'])
      delete Put?.[name]
  }
}
