import { setTimeout as sleep } from 'node:timers/promises'

/** Waits before try number `attempt` (1 is the first retry): full jitter up to 20 ms doubled each time, 1 s at most. */
export async function pauseMs(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(1_000, 20 * 2 ** attempt))
}
