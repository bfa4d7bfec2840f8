/** Something on its way, and who waits for it. */
type Waiting<T> = { item: T; bytes: number; resolve(): void; reject(error: unknown): void }

/** How much goes with one call, and how many calls at a time. */
type Bounds = { items: number; bytes: number; calls: number }

/**
 * Sends things of many callers with few calls: what comes while calls are under way goes together with the next one.
 * `send` answers for each thing whether it was taken, or why not.
 */
export function shareCalls<T>(
  bounds: Bounds,
  send: (items: readonly T[]) => Promise<readonly (Error | undefined)[]>,
): (item: T, bytes: number) => Promise<void> {
  const waiting: Waiting<T>[] = []
  let calls = 0
  const pump = () => {
    while (calls < bounds.calls && waiting.length > 0) {
      calls += 1
      void deliver(nextLoad(waiting, bounds), send).finally(() => {
        calls -= 1
        pump()
      })
    }
  }
  return (item, bytes) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, bytes, resolve, reject })
      pump()
    })
}

function nextLoad<T>(waiting: Waiting<T>[], { items, bytes }: Bounds): Waiting<T>[] {
  let sum = 0
  const end = waiting.findIndex((each, i) => {
    sum += each.bytes
    return i > 0 && (i === items || sum > bytes)
  })
  return waiting.splice(0, end === -1 ? waiting.length : end)
}

async function deliver<T>(
  load: readonly Waiting<T>[],
  send: (items: readonly T[]) => Promise<readonly (Error | undefined)[]>,
): Promise<void> {
  try {
    const answers = await send(load.map(({ item }) => item))
    load.forEach(({ resolve, reject }, i) => {
      if (answers[i] === undefined) resolve()
      else reject(answers[i])
    })
  } catch (error) {
    for (const { reject } of load) reject(error)
  }
}
