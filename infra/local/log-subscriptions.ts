import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as z from 'zod'
import type { Context } from './context.ts'
import { needs } from './context.ts'
import { openDatabase } from './engines/database.ts'
import { createLogFilter } from './log-filter.ts'
import { localAccount } from './resolve.ts'
import { resourcesOf } from './template.ts'

/** Subscriptions of log groups: what a line of a log sets off. */
export type LogSubscriptions = {
  /** Keeps a line for the functions that want it, before whoever it tells of gets an answer. */
  take(logGroup: string, line: string): void
  isIdle(): boolean
  stop(): Promise<void>
}

const properties = z.object({ LogGroupName: z.string(), FilterPattern: z.string(), DestinationArn: z.string() })

const schema =
  'CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT, logGroup TEXT, at INTEGER, message TEXT);'
const row = z.object({
  id: z.number(),
  destination: z.string(),
  logGroup: z.string(),
  at: z.number(),
  message: z.string(),
})
const countRow = z.object({ count: z.number() })

/** 100 ms: lines come together, nobody waits for them. */
const gatherMs = 100
/** 1 s after a failure, as long as it takes: CloudWatch tries for a day. */
const retryMs = 1_000
const mostLines = 500

/** CloudWatch Logs' subscription filters of the template. Lines are kept on disk until their function has taken them. */
export function openLogSubscriptions(context: Context): LogSubscriptions {
  const filters = resourcesOf(context.assembly, 'AWS::Logs::SubscriptionFilter').map(resource => {
    const { FilterPattern, ...rest } = properties.parse(context.resolve(resource.properties, resource.stack))
    return { ...rest, accepts: createLogFilter(FilterPattern) }
  })
  const database = openDatabase(join(context.dataDir, 'logs', 'subscriptions.db'), schema)
  const insert = database.change('INSERT INTO line (destination, logGroup, at, message) VALUES (?, ?, ?, ?)')
  const oldest = database.select(row, `SELECT * FROM line ORDER BY id LIMIT ${mostLines}`)
  const remove = database.change('DELETE FROM line WHERE id = ?')
  const count = database.select(countRow, 'SELECT count(*) AS count FROM line')
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | undefined
  let isStopped = false
  const schedule = (ms: number) => {
    if (!isStopped && round === undefined) timer ??= setTimeout(run, ms)
  }
  const run = () => {
    timer = undefined
    round = deliver(context, oldest.all()).then(done => {
      round = undefined
      database.transaction(() => done.ids.forEach(id => void remove(id)))
      if ((count.one()?.count ?? 0) > 0) schedule(done.hasFailed ? retryMs : 0)
    })
  }
  if ((count.one()?.count ?? 0) > 0) schedule(gatherMs)
  return {
    take: (logGroup, line) => {
      for (const filter of filters.filter(({ LogGroupName, accepts }) => LogGroupName === logGroup && accepts(line))) {
        insert(filter.DestinationArn, logGroup, Date.now(), line)
        schedule(gatherMs)
      }
    },
    isIdle: () => round === undefined && (count.one()?.count ?? 0) === 0,
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await round
      database.close()
    },
  }
}

type Line = z.infer<typeof row>

/** Hands lines to their functions, each function and log group apart. */
async function deliver(context: Context, lines: readonly Line[]): Promise<{ ids: number[]; hasFailed: boolean }> {
  const functions = needs(context, 'functions')
  const groups = Map.groupBy(lines, ({ destination, logGroup }) => `${destination}\n${logGroup}`)
  const ids: number[] = []
  let hasFailed = false
  for (const group of groups.values()) {
    const [first] = group
    if (!first) continue
    const outcome = await functions.invoke(functions.find(first.destination), eventOf(first.logGroup, group))
    if (outcome.ok) ids.push(...group.map(({ id }) => id))
    hasFailed ||= !outcome.ok
  }
  return { ids, hasFailed }
}

/** As CloudWatch Logs hands lines to a function. */
function eventOf(logGroup: string, lines: readonly Line[]) {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: localAccount,
    logGroup,
    logStream: 'local',
    subscriptionFilters: ['local'],
    logEvents: lines.map(({ at, message }) => ({ id: randomUUID(), timestamp: at, message })),
  }
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } }
}
