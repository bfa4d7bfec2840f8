import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import type { Process } from './cleanup-process.ts'

/** When a process dies in a step: before its first write, half-way through its writes, after its last before it could say so. */
export const moments = ['before', 'within', 'after'] as const

/** What dies: the function alone, and the workflow calls it again; or all of it, and the workflow starts from its beginning. */
export const victims = ['function', 'stack'] as const

/** When to kill whom. */
export type DeathWish = { moment: (typeof moments)[number]; victim: (typeof victims)[number] }

/** Kills, one in each step. */
export type Deaths = {
  victim: DeathWish['victim']
  /** Kills so far, by the steps they came in. */
  places: string[]
  /** To be called when a step begins. */
  begin(process: Process, step: string): void
  /** To be called when a step has done its work, and nobody knows yet. */
  end(process: Process, step: string): void
  /** To be called when a step has died; gives what the workflow hears of it. */
  died(step: string): TaskError
}

/** Nothing dies. */
export function noDeaths(): Deaths {
  return { victim: 'stack', places: [], begin: () => undefined, end: () => undefined, died: () => gone() }
}

/** Kills in every step once; `writes` tells how many writes each step had in an unbroken run. */
export function deathsAt({ moment, victim }: DeathWish, writes: ReadonlyMap<string, number>): Deaths {
  const left = new Set(writes.keys())
  const places: string[] = []
  return {
    victim,
    places,
    begin(process, step) {
      if (!left.has(step) || moment === 'after') return
      const count = writes.get(step) ?? 0
      process.dieAfter(moment === 'before' ? 0 : Math.floor(count / 2), moment === 'within')
    },
    end(process, step) {
      if (left.has(step)) process.kill()
    },
    died(step) {
      if (left.delete(step)) places.push(step)
      if (victim === 'stack') return gone()
      return new TaskError('Lambda.Unknown', 'The function ended')
    },
  }
}

function gone(): TaskError {
  return new TaskError('Killed', 'kill -9', { isTerminal: true })
}
