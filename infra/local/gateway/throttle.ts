/** Stage or route throttling of API Gateway: steady requests a second and the burst above it. */
export type ThrottleLimits = { ratePerSecond: number; burst: number }

/** Takes one request from the bucket: 0 when it may pass, else the seconds until the next one may. */
export type Throttle = () => number

/** Makes a token bucket that starts full. `now` is in milliseconds. */
export function createThrottle(limits: ThrottleLimits, now: () => number = () => performance.now()): Throttle {
  let tokens = limits.burst
  let filledAt = now()
  return () => {
    const time = now()
    tokens = Math.min(limits.burst, tokens + ((time - filledAt) / 1000) * limits.ratePerSecond)
    filledAt = time
    if (tokens < 1) return (1 - tokens) / limits.ratePerSecond
    tokens -= 1
    return 0
  }
}
