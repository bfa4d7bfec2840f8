import { expect, it } from 'vitest'
import { createThrottle } from '#infra/local/gateway/throttle.ts'

it('lets the burst pass, then the steady rate, and says how long to wait', () => {
  let now = 0
  const take = createThrottle({ ratePerSecond: 10, burst: 3 }, () => now)
  expect([take(), take(), take()]).toEqual([0, 0, 0])
  expect(take()).toBeCloseTo(0.1)
  now = 100
  expect(take()).toBe(0)
  expect(take()).toBeGreaterThan(0)
  now = 60_000
  expect([take(), take(), take()]).toEqual([0, 0, 0])
  expect(take()).toBeGreaterThan(0)
})
