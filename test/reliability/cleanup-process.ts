import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { handClock, systemContext, type Tables } from '../support/table.ts'
import { cleanupTime } from './cleanup-world.ts'

/** What a process dies of. */
class Killed extends Error {
  override name = 'Killed'
  constructor() {
    super('kill -9')
  }
}

/** A process that works on a world's table and files, and can be killed: then nothing that it asks for is done any more. */
export type Process = {
  ctx: Context
  files: Files
  /** Writes done so far, of items and files. */
  writes(): number
  isDead(): boolean
  kill(): never
  /** Dies with the write that comes after so many more; `lands`: that write is done, and nobody hears of it. */
  dieAfter(writes: number, lands: boolean): void
  /** Another process at the same table and files. */
  spawn(): Process
  close(): void
}

/** Owners have room for every task of 100,000 records: what finds none is left to the next run, and is no truth of this one. */
const roomy = { ...defaultPolicy, refresh: { ...defaultPolicy.refresh, perOwnerPerDay: 200, mostPerRun: 10_000 } }

const writeCommands = /^(Put|Update|Delete|TransactWrite|BatchWrite)/

/** Starts a process; `bug` changes each command before it is sent. */
export function startProcess(
  tables: Tables,
  files: Files,
  { more = {}, bug = () => undefined }: { more?: Partial<Context>; bug?: (input: object) => unknown } = {},
): Process {
  const table = openTable(tables.records.name)
  let writes = 0
  let isDead = false
  let death: { at: number; lands: boolean } | undefined
  const kill = (): never => {
    isDead = true
    throw new Killed()
  }
  const guarded = async <T>(isWrite: boolean, work: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Killed()
    const isLast = isWrite && death !== undefined && ++writes > death.at
    if (isWrite && death === undefined) writes += 1
    if (!isLast) return work()
    if (death?.lands) {
      isDead = true
      await work()
    }
    return kill()
  }
  table.client.middlewareStack.add(
    (next, context) => async args => {
      const { commandName = '' } = context as { commandName?: string }
      await bug(args.input)
      return guarded(writeCommands.test(commandName), () => next(args))
    },
    { step: 'initialize', name: 'kill', priority: 'high' },
  )
  return {
    ctx: systemContext(tables, { clock: handClock(cleanupTime), store: createStore(table), policy: roomy, ...more }),
    files: {
      ...files,
      readText: key => guarded(false, () => files.readText(key)),
      head: key => guarded(false, () => files.head(key)),
      write: (key, body, options) => guarded(true, () => files.write(key, body, options)),
      writeNew: (key, body, options) => guarded(true, () => files.writeNew(key, body, options)),
    },
    writes: () => writes,
    isDead: () => isDead,
    kill,
    dieAfter: (more, lands) => {
      death = { at: writes + more, lands }
    },
    spawn: () => startProcess(tables, files, { more, bug }),
    close: () => table.client.destroy(),
  }
}
