import { describe, expect, it } from 'vitest'
import { judgeSpeed, type Speeds, speedLimits } from '../bench/cleanup-figures.ts'

const reached: Speeds = {
  clean: {
    small: { records: 10_000, ms: 1_000, scanMs: 600 },
    large: { records: 100_000, ms: 11_900, scanMs: 6_000 },
  },
  dirty: {
    small: { records: 10_000, ms: 4_000, scanMs: 600 },
    large: { records: 100_000, ms: 47_000, scanMs: 6_000 },
  },
}
const { clean, dirty } = reached

describe('the figures that the bench of the cleanup goes by', () => {
  it.each<[string, Speeds, boolean[]]>([
    ['are reached', reached, [true, true, true, true]],
    [
      'tell a growth of 12.1 times',
      { clean, dirty: { ...dirty, large: { ...dirty.large, ms: 48_400 } } },
      [true, false, true, true],
    ],
    [
      'tell a rate of 0.49 at the large size',
      { clean: { ...clean, large: { ...clean.large, scanMs: 5_800 } }, dirty },
      [true, true, true, false],
    ],
    [
      'tell a rate of 0.49 at the small size',
      { clean: { ...clean, small: { ...clean.small, scanMs: 490 } }, dirty },
      [true, true, false, true],
    ],
  ])('%s', (_name, speeds, expected) => {
    expect(judgeSpeed(speeds, speedLimits).map(({ isReached }) => isReached)).toEqual(expected)
  })
})
