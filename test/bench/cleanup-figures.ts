/** How long one cleanup took, beside a scan of the same records by a bare client; milliseconds. */
export type Speed = { records: number; ms: number; scanMs: number }

/** The same at two sizes: where nothing needs fixing, and with dirt. */
export type Speeds = Record<'clean' | 'dirty', { small: Speed; large: Speed }>

/** One figure, and whether it is reached. */
export type Verdict = { text: string; isReached: boolean }

/** The issue's: 12 times the time for 10 times the records, and half the rate of a raw scan when nothing needs fixing. */
export const speedLimits = { growth: 12 / 10, scanShare: 0.5 }

/** Holds speeds to the figures; the limit of growth is per record, so that other sizes than ten times can be compared. */
export function judgeSpeed({ clean, dirty }: Speeds, { growth, scanShare }: typeof speedLimits): Verdict[] {
  return [
    grown('nothing to fix', clean, growth),
    grown('one of ten records dirty', dirty, growth),
    ...[clean.small, clean.large].map(({ records, ms, scanMs }) => ({
      text: `${records} records with nothing to fix: ${(scanMs / ms).toFixed(2)} of the raw scan's rate (at least ${scanShare})`,
      isReached: scanMs / ms >= scanShare,
    })),
  ]
}

function grown(what: string, { small, large }: { small: Speed; large: Speed }, growth: number): Verdict {
  const times = large.ms / small.ms
  const most = (large.records / small.records) * growth
  return {
    text: `${what}: ${large.records} records take ${times.toFixed(1)} times as long as ${small.records} (at most ${most.toFixed(1)})`,
    isReached: times <= most,
  }
}
