/**
 * Does work for each item of one list, so many at once. The first failure is thrown at once and no further item is begun;
 * what has begun goes on unseen, so work must bear that.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  let hasFailed = false
  const worker = async () => {
    for (let next = queue.next(); !next.done && !hasFailed; next = queue.next()) await work(next.value)
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, worker))
  } catch (error) {
    hasFailed = true
    throw error
  }
}
