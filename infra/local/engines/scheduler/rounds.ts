/** What is looked at again and again. */
type Round = {
  /** Does what is due. */
  run: () => void
  /** When there is next anything to do. */
  nextAt: () => number | undefined
  now: () => number
}

/** A minute: timers stand still while a laptop sleeps, and cannot wait longer than 24 days. */
const longestWaitMs = 60_000

/** Runs what is due, then sleeps until the next is; `look` notices that the next has come nearer. */
export function startRounds({ run, nextAt, now }: Round) {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const look = (): void => {
    clearTimeout(timer)
    const dueAt = nextAt()
    if (isStopped || dueAt === undefined) return
    timer = setTimeout(round, Math.min(longestWaitMs, Math.max(1, dueAt - now())))
  }
  const round = (): void => {
    run()
    look()
  }
  round()
  return {
    look,
    round,
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
