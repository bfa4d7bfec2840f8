import { expect, it } from 'vitest'
import { ahead } from '#lib/runtime/ahead.ts'

async function* numbers(count: number) {
  for (let i = 0; i < count; i++) yield i
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

it('gives results in the order of the items, whichever is done first, so many at a time', async () => {
  const under = { now: 0, most: 0 }
  const work = async (i: number) => {
    under.most = Math.max(under.most, ++under.now)
    await new Promise(resolve => setTimeout(resolve, (7 - (i % 7)) * 2))
    under.now -= 1
    return i * 10
  }
  expect(await all(ahead(numbers(20), 4, work))).toEqual(Array.from({ length: 20 }, (_, i) => i * 10))
  expect(under.most).toBe(4)
})

it.each([0, 1, 3])('gives all of %i items when there are fewer than it does at a time', async count => {
  expect(await all(ahead(numbers(count), 8, async i => i))).toHaveLength(count)
})

it('throws a failure in its turn, after what came before it, and begins nothing more', async () => {
  const begun: number[] = []
  const results = ahead(numbers(100), 3, async i => {
    begun.push(i)
    if (i === 4) throw new Error('the fifth')
    return i
  })
  const got: number[] = []
  await expect(
    (async () => {
      for await (const result of results) got.push(result)
    })(),
  ).rejects.toThrow('the fifth')
  expect(got).toEqual([0, 1, 2, 3])
  expect(begun.length).toBeLessThanOrEqual(7)
})
