import { describe, expect, it } from 'vitest'
import { backupLimits, judgeBackup, judgeRuns } from '../bench/backup-speed.ts'

const good = { items: 1000, scanMs: 10_000, exportMs: 13_000, importMs: 120_000 }
const reached = (more: Partial<typeof good>) =>
  judgeBackup({ ...good, ...more }, backupLimits).map(({ isReached }) => isReached)

describe('the figures of a backup', () => {
  it.each([
    ['at the limits are reached', {}, [true, true]],
    ['with a slow export are not', { exportMs: 13_100 }, [false, true]],
    ['with a slow import are not', { importMs: 120_001 }, [true, false]],
    ['that could not be measured are not', { scanMs: Number.NaN, importMs: Number.NaN }, [false, false]],
  ])('%s', (_what, more, expected) => {
    expect(reached(more)).toEqual(expected)
  })

  it('tell rates', () => {
    const [exporting] = judgeBackup(good, backupLimits)
    expect(exporting?.text).toBe("export 13.00 s (77 items/s), 1.30 of the raw scan's 10.00 s (at most 1.3)")
  })
})

describe('the figures of whole runs', () => {
  const runs = { items: 1000, scanMs: 10_000, backupMs: 13_000, rtoMs: 120_000, differences: 0 }

  it.each([
    ['at the limits are reached', {}, [true, true, true]],
    ['of a slow backup are not', { backupMs: 13_100 }, [false, true, true]],
    ['of a slow restore are not', { rtoMs: 120_001 }, [true, false, true]],
    ['with a difference are not', { differences: 1 }, [true, true, false]],
    ['that are not there are not', { rtoMs: Number.NaN, differences: Number.NaN }, [true, false, false]],
  ])('%s', (_what, more, expected) => {
    expect(judgeRuns({ ...runs, ...more }, backupLimits).map(({ isReached }) => isReached)).toEqual(expected)
  })
})
