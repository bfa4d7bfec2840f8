import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { scratchRoot } from '../support/scratch.ts'
import type { Answer, Question, Running } from './stack-messages.ts'

/** A local stack in a process of its own, so that its clients take no time of its event loop. */
export type StackProcess = Running & {
  pid: number
  dataDir: string
  tokenFor(email: string): Promise<string>
  /** Resolves when all reactions to what was written have run; `isWhole`: the access log is written too. */
  drain(options?: { isWhole?: boolean }): Promise<void>
  /** Sets the clock by which schedules run so far apart from the machine's. */
  moveClock(offsetMs: number): Promise<void>
  /** Moves the clock of one-time schedules ahead: those of the coming milliseconds run now. */
  runAhead(ms: number): Promise<void>
  /** Ends the stack and removes its data. */
  stop(): Promise<void>
}

type Ask = Question extends infer Q ? (Q extends { id: number } ? Omit<Q, 'id'> : never) : never
type Waiting = Map<number, { resolve(text: string): void; reject(error: Error): void }>

/**
 * Synthesizes the tenant `local` and starts it on free ports with an empty data folder of its own; `without` the telling of
 * accesses to see what that costs.
 */
export async function startStackProcess(
  name: string,
  without: 'nothing' | 'access-log' = 'nothing',
): Promise<StackProcess> {
  const dataDir = mkdtempSync(join(scratchRoot, `evergreen-${name}-`))
  const child = fork(join(import.meta.dirname, 'stack-child.ts'), [dataDir, without], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const hasEnded = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
  })
  const waiting: Waiting = new Map()
  const running = await whenRunning(child, waiting)
  const ask = createAsk(child, waiting)
  return {
    ...running,
    pid: child.pid ?? 0,
    dataDir,
    tokenFor: email => ask({ ask: 'token', email }),
    drain: async ({ isWhole = false } = {}) => {
      await ask({ ask: 'drain', isWhole })
    },
    moveClock: async offsetMs => {
      await ask({ ask: 'clock', offsetMs })
    },
    runAhead: async ms => {
      await ask({ ask: 'runAhead', ms })
    },
    stop: async () => {
      await ask({ ask: 'stop' })
      await hasEnded
    },
  }
}

function whenRunning(child: ChildProcess, waiting: Waiting): Promise<Running> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => {
      const error = new Error(`The process of the stack ended with code ${code}; its reason is above.`)
      reject(error)
      for (const each of waiting.values()) each.reject(error)
    })
    child.on('message', (answer: Answer) => {
      if ('running' in answer) return resolve(answer.running)
      const asked = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('error' in answer) asked?.reject(new Error(answer.error))
      else asked?.resolve(answer.text)
    })
  })
}

function createAsk(child: ChildProcess, waiting: Waiting) {
  let last = 0
  return (question: Ask): Promise<string> =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, { resolve, reject })
      child.send({ ...question, id })
    })
}
