import type { DigestedFile } from '#lib/access-log/digest.ts'
import { inspectLogFile } from '#lib/access-log/log-file.ts'
import type { TrailSource } from '#lib/access-log/trail-store.ts'
import type { Tally } from '#lib/access-log/verification.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'

/** 4 at a time, as many as Node decompresses at once: a file is 50 MB at most, so 200 MB are held. */
const atOnce = 4

/** Reads the log files that a digest names and holds them against it. */
export async function verifyLogFiles(
  { source, tally }: { source: TrailSource; tally: Tally },
  { files, isSigned }: { files: readonly DigestedFile[]; isSigned: boolean },
): Promise<void> {
  // Whoever altered a digest may have altered what it says of a file, so that one is not to be blamed alone.
  const doubt = isSigned ? '' : ', says a digest that is itself not what was signed'
  await inParallel(files, atOnce, async ({ s3Object: file, hashValue }) => {
    tally.logFiles += 1
    const stored = await source.read(file)
    if (!stored) return tally.add({ file, kind: 'logMissing', what: `is missing${doubt}` })
    const content = await inspectLogFile(stored.bytes)
    if (!content)
      return tally.add({ file, kind: 'logUnreadable', what: 'does not decompress: it was cut or overwritten' })
    tally.events += content.events
    tally.bytes += content.bytes
    if (content.sha256 !== hashValue)
      return tally.add({ file, kind: 'logAltered', what: `does not hold what was digested${doubt}` })
    tally.intactLogFiles += 1
  })
}
