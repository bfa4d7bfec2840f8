/** One call, made ready: only its running is timed. */
export type Call = () => Promise<unknown>

/** The two sides of a comparison: a call of the API, and the engine's round trips that it stands on. */
export type Sides = { api(): Call; engine(): Call }

/** How often to call: `rounds` times a block of `perBlock` calls for each side. */
export type Plan = { clients: number; rounds: number; perBlock: number }

/** Latencies in milliseconds, calls per second. */
export type Figures = { p50: number; p95: number; p99: number; rps: number; calls: number; failures: number }

/** Both sides of an operation. */
export type Comparison = { api: Figures; engine: Figures }

type Samples = { latencies: number[]; wallMs: number; failures: number; firstError: unknown }

/** Calls both sides in alternating blocks, so that whatever else the machine does hits both, after a shorter block each to warm up. */
export async function compare(sides: Sides, plan: Plan): Promise<Comparison> {
  const api = emptySamples()
  const engine = emptySamples()
  const warmUp = { ...plan, perBlock: Math.ceil(plan.perBlock / 4) }
  await block(sides.api, warmUp, emptySamples())
  await block(sides.engine, warmUp, emptySamples())
  for (let round = 0; round < plan.rounds; round++) {
    const isApiFirst = round % 2 === 0
    if (isApiFirst) await block(sides.api, plan, api)
    await block(sides.engine, plan, engine)
    if (!isApiFirst) await block(sides.api, plan, api)
  }
  for (const { firstError } of [api, engine]) if (firstError) console.error(firstError)
  return { api: figuresOf(api), engine: figuresOf(engine) }
}

/** What the function says of a call itself, in the middle: its own time, the engine's share of it, calls of the engine. */
export type Inside = { functionMs: number; engineMs: number; engineCalls: number }

/** Makes some calls whose `Server-Timing` headers end up in `timings`. */
export async function lookInside(prepare: () => Call, calls: number, timings: string[]): Promise<Inside> {
  timings.length = 0
  for (let i = 0; i < calls; i++) await prepare()()
  const middle = (pattern: RegExp) => median(timings.map(header => Number(pattern.exec(header)?.[1])))
  return {
    functionMs: middle(/total;dur=([\d.]+)/),
    engineMs: middle(/db;dur=([\d.]+)/),
    engineCalls: middle(/db;.*?desc="(\d+) call/),
  }
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

function emptySamples(): Samples {
  return { latencies: [], wallMs: 0, failures: 0, firstError: undefined }
}

async function block(prepare: () => Call, { clients, perBlock }: Plan, samples: Samples): Promise<void> {
  const calls = Array.from({ length: perBlock }, prepare)
  let next = 0
  const client = async () => {
    for (let call = calls[next++]; call; call = calls[next++]) await timed(call, samples)
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: clients }, client))
  samples.wallMs += performance.now() - started
}

async function timed(call: Call, samples: Samples): Promise<void> {
  const started = performance.now()
  try {
    await call()
    samples.latencies.push(performance.now() - started)
  } catch (error) {
    samples.failures++
    samples.firstError ??= error
  }
}

function figuresOf({ latencies, wallMs, failures }: Samples): Figures {
  const sorted = latencies.toSorted((a, b) => a - b)
  return {
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    rps: (latencies.length / wallMs) * 1000,
    calls: latencies.length,
    failures,
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
