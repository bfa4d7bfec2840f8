import { readDigest } from '#lib/access-log/read-digest.ts'
import type { RollCall } from '#lib/access-log/roll-call.ts'
import type { ListedDigest, ListedTrail } from '#lib/access-log/survey-trail.ts'
import type { TrailFile } from '#lib/access-log/trail-store.ts'
import type { Tally } from '#lib/access-log/verification.ts'
import type { Check } from '#lib/access-log/verify-chains.ts'
import type { VerifyOptions } from '#lib/access-log/verify-trail.ts'

/** A digest comes minutes after its hour; a second hour for a stack that was down for a moment. */
const latestMs = 2.25 * 3_600_000
/** S3 dates a file by when it began to come: one may show up a little after the digest of its hour was written. */
const slackMs = 15 * 60_000

/** Whatever no digest has named by now: it waits for the next one, a later one has it, or it should not be here. */
export async function verifyRollCall(
  check: Check,
  { listed, rollCall }: { listed: ListedTrail; rollCall: RollCall },
): Promise<void> {
  const { tally, options } = check
  const digests = [...listed.chains.values()].flat()
  const newestMs = Math.max(0, ...digests.map(takenBefore))
  await rollCall.readTo(tally.isFinished ? new Date(8.64e15) : new Date(tally.to ?? 0))
  for (const stray of rollCall.strays()) tally.add(stray)
  await nameByLater(check, { digests, rollCall })
  for (const file of rollCall.unnamed().values()) {
    if (isPending(file, newestMs, options)) tally.pending += 1
    else if (tally.isFinished)
      tally.add({
        file: file.key,
        kind: 'logUnnamed',
        what: 'is named by no digest: it was put here by somebody else, or its digest is gone',
      })
  }
}

/** What was delivered in the hours that are asked for may be named by digests after them. */
async function nameByLater(
  { source, tally, options }: Check,
  { digests, rollCall }: { digests: ListedDigest[]; rollCall: RollCall },
): Promise<void> {
  const done = Date.parse(tally.to ?? '') || 0
  for (const { key } of digests.filter(({ endTime }) => endTime.getTime() > done)) {
    if (rollCall.unnamed().size === 0 || options.mayGoOn?.() === false) return
    const stored = await source.read(key)
    const read = stored && readDigest(key, stored, { bucket: source.bucket, publicKeys: options.publicKeys })
    if (!read || 'kind' in read || read.findings.length > 0) continue
    for (const { s3Object } of read.digest.logFiles) rollCall.name(s3Object)
  }
}

/** What S3 took later cannot be in the digest. It is written after its hour, except where somebody moved the clock. */
function takenBefore({ endTime, modifiedAt = endTime }: ListedDigest): number {
  return Math.min(endTime.getTime(), modifiedAt.getTime())
}

function isPending({ modifiedAt }: TrailFile, newestMs: number, { now }: VerifyOptions): boolean {
  if (!now || !modifiedAt) return false
  const since = newestMs > 0 ? newestMs - slackMs : now.getTime() - latestMs
  return modifiedAt.getTime() >= since
}

/** Whether digests reach as far as they must: to the hour that is asked for, or nearly to now. */
export function verifyEnd(tally: Tally, { now, to }: VerifyOptions, chain: readonly ListedDigest[]): void {
  const newest = chain.at(-1)
  if (!newest || !tally.isFinished) return
  const due = Math.min(to?.getTime() ?? Infinity, now ? now.getTime() - latestMs : Infinity)
  if (due === Infinity || newest.endTime.getTime() >= due) return
  const { key: file, endTime } = newest
  tally.add({ file, kind: 'behind', what: `is the newest digest: hours since ${endTime.toISOString()} have none` })
}
