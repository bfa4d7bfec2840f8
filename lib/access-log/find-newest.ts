import type { TrailFile, TrailSource } from '#lib/access-log/trail-store.ts'

const dayMs = 86_400_000
/** 40 days are looked at one by one, the newest first; who stood still for longer has everything listed. */
const daysBack = 40

/**
 * The file with the last key, where keys are in the order of time and each day has a folder; undefined where there is none.
 * `prefixOf` gives the folder of a day, and without a day what all begin with; `isWanted` tells other files apart.
 */
export async function findNewest(
  source: TrailSource,
  { at, prefixOf, isWanted }: { at: Date; prefixOf: (day?: Date) => string; isWanted: (key: string) => boolean },
): Promise<string | undefined> {
  // A day ahead: the hour before midnight ends on the next day.
  for (let back = -1; back < daysBack; back++) {
    const day = new Date(at.getTime() - back * dayMs)
    const found = await lastIn(source.list(prefixOf(day)), isWanted)
    if (found !== undefined) return found
  }
  return lastIn(source.list(prefixOf()), isWanted)
}

async function lastIn(
  files: AsyncIterable<TrailFile>,
  isWanted: (key: string) => boolean,
): Promise<string | undefined> {
  let last: string | undefined
  for await (const { key } of files) if (isWanted(key)) last = key
  return last
}
