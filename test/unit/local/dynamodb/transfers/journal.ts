import { setTimeout as sleep } from 'node:timers/promises'
import { type Ground, type Item, table } from './support.ts'

/** A transaction that gave each item of a group the same version; times in milliseconds since 1970. */
export type Write = { group: string; version: number; sentAt: number; ackedAt: number }

const groupSize = 3

const itemOf = (group: string, part: number, version: number): Item => ({
  pk: { S: group },
  sk: { S: `part-${part}` },
  v: { N: String(version) },
})

type Load = { name: string; groups: number; perSecond: number }

/** Writes `perSecond` transactions a second until it is stopped, and keeps what was acknowledged when. */
export function startWriting({ call }: Ground, { name, groups, perSecond }: Load) {
  const journal: Write[] = []
  let isWriting = true
  const write = async (number: number) => {
    const group = `${name}-${number % groups}`
    const version = Math.floor(number / groups) + 1
    const parts = Array.from({ length: groupSize }, (_, part) => part)
    const TransactItems = parts.map(part => ({ Put: { TableName: table.name, Item: itemOf(group, part, version) } }))
    const sentAt = Date.now()
    await call('TransactWriteItems', { TransactItems })
    journal.push({ group, version, sentAt, ackedAt: Date.now() })
  }
  const run = async () => {
    const begun = performance.now()
    for (let number = 0; isWriting; number++) {
      await sleep(Math.max(0, begun + (number * 1000) / perSecond - performance.now()))
      await write(number)
    }
  }
  const running = run()
  return {
    journal,
    stop: async () => {
      isWriting = false
      await running
      return journal
    },
  }
}

/**
 * Where a state differs from what the journal says it was at a time: a write acknowledged before must be in it, one sent
 * after must not be, and every transaction is in it wholly or not at all.
 */
export function differencesFrom(journal: readonly Write[], state: ReadonlyMap<string, Item>, atMs: number): string[] {
  const differences: string[] = []
  for (const group of new Set(journal.map(write => write.group))) {
    const own = journal.filter(write => write.group === group)
    const versions = Array.from({ length: groupSize }, (_, part) => {
      const found = state.get(`${group}|part-${part}`)
      return Number((found?.['v'] as { N: string } | undefined)?.N ?? 0)
    })
    const version = versions[0] ?? 0
    const least = Math.max(0, ...own.filter(({ ackedAt }) => ackedAt < atMs).map(write => write.version))
    const most = Math.max(0, ...own.filter(({ sentAt }) => sentAt <= atMs).map(write => write.version))
    if (versions.some(each => each !== version)) differences.push(`${group}: half a transaction, ${versions}`)
    if (version < least) differences.push(`${group}: ${version} instead of the acknowledged ${least}`)
    if (version > most) differences.push(`${group}: ${version}, while only ${most} had been sent`)
  }
  return differences
}
