import { setImmediate as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inParallel } from '#lib/runtime/in-parallel.ts'

describe('work in parallel', () => {
  it('is done once for each item, so many at a time and no more', async () => {
    const done: number[] = []
    let [now, most] = [0, 0]
    await inParallel([1, 2, 3, 4, 5, 6, 7].values(), 3, async item => {
      most = Math.max(most, ++now)
      await pause()
      done.push(item)
      now -= 1
    })
    expect([done.toSorted(), most]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3])
  })

  it('is over at once where there is nothing', async () => {
    await expect(inParallel([], 3, () => Promise.reject(new Error('never')))).resolves.toBeUndefined()
  })

  it('ends with its first failure, and begins nothing after it', async () => {
    const begun: number[] = []
    const work = async (item: number) => {
      begun.push(item)
      await pause()
      if (item === 2) throw new Error('two')
    }
    await expect(inParallel([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('two')
    await pause()
    await pause()
    expect(begun.length).toBeLessThanOrEqual(3)
  })
})
