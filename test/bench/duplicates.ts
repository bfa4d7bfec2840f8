import { findDuplicates } from '#lib/duplicates/find-duplicates.ts'
import { contact } from '#schemas/objects/contact.ts'
import { makeContacts } from './made-contacts.ts'

// npm run bench:duplicates: computing time to find the duplicates of 10,000 and of 100,000 contacts. Ends 1 when it grows faster than it may.

/** 12 times for 10 times the records, and 10 s in all: the figures. */
const limits = { ratio: 12, seconds: 10 }
const seed = 7

findDuplicates(contact, makeContacts(5_000, seed + 1))
const small = measure(10_000)
const large = measure(100_000)
const ratio = large / small
console.log(
  `100,000 take ${ratio.toFixed(1)} times as long as 10,000 (at most ${limits.ratio} times, ${limits.seconds} s).`,
)
if (ratio > limits.ratio || large > limits.seconds * 1000) process.exitCode = 1

function measure(count: number): number {
  const contacts = makeContacts(count, seed)
  const [start, before] = [performance.now(), process.threadCpuUsage()]
  const { pairs, compared, skippedKeys } = findDuplicates(contact, contacts)
  const { user, system } = process.threadCpuUsage(before)
  const [ms, computingMs] = [performance.now() - start, (user + system) / 1000]
  const merges = pairs.filter(({ verdict }) => verdict === 'merge').length
  console.log(
    `${count.toLocaleString('en')} contacts: ${(computingMs / 1000).toFixed(2)} s of computing (${(ms / 1000).toFixed(2)} s on the clock), ${compared} pairs compared, ${merges} to merge, ` +
      `${pairs.length - merges} to suggest, ${skippedKeys.length} keys skipped`,
  )
  return computingMs
}
