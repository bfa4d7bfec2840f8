/**
 * Does work for each item of a stream, so many at a time, and gives the results in the order of the items. After a failure no
 * further work is begun; what has begun goes on unseen, so work must bear that.
 */
export async function* ahead<T, R>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = []
  for await (const item of items) {
    const result = work(item)
    // Its failure is thrown when its turn comes; until then it is nobody's.
    result.catch(() => undefined)
    begun.push(result)
    if (begun.length === atOnce) yield* nextOf(begun)
  }
  while (begun.length > 0) yield* nextOf(begun)
}

async function* nextOf<R>(begun: Promise<R>[]): AsyncGenerator<R> {
  const [first] = begun.splice(0, 1)
  if (first) yield await first
}
