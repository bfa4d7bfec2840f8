import { parseArgs } from 'node:util'
import { runDownload } from './access-log/run-download.ts'
import { runVerify } from './access-log/run-verify.ts'

// npm run access-log -- verify : proves that the access log was not altered, of the running local stack or of a copy on disk.
// npm run access-log -- download DIR : hands log files, digests, anchors and public keys to an auditor as files.

const usage = `npm run access-log -- verify [--from 2026-03-01] [--to 2026-03-02T12:00:00Z]
  [--dir DIR]          a copy on disk, as \`download\` wrote it; without it the bucket of the running stack
  [--public-key PEM]   the key to verify by; without it the one of the running stack, or those that the copy brought
  [--anchor HASH]      hash of a digest from a mail or from paper: it must be there; may be repeated
npm run access-log -- download DIR [--from ...] [--to ...]`

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      dir: { type: 'string' },
      'public-key': { type: 'string' },
      anchor: { type: 'string', multiple: true },
    },
  })
  const [verb, folder] = positionals
  const range = rangeOf(values)
  if (verb === 'verify') process.exitCode = (await runVerify({ ...range, ...given(values) })) ? 0 : 1
  else if (verb === 'download' && folder !== undefined) await runDownload(folder, range)
  else throw new Error(usage)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

type Flags = { from?: string; to?: string; dir?: string; 'public-key'?: string; anchor?: string[] }

function given({ dir, 'public-key': publicKey, anchor = [] }: Flags) {
  const wrong = anchor.find(hash => !/^[0-9a-f]{64}$/.test(hash))
  if (wrong !== undefined) throw new Error(`--anchor ${wrong} is no hash: it has 64 hex digits in lower case.`)
  return { ...(dir !== undefined && { dir }), ...(publicKey !== undefined && { publicKey }), anchorHashes: anchor }
}

function rangeOf({ from, to }: Flags): { from?: Date; to?: Date } {
  const range = {
    ...(from !== undefined && { from: timeOf('--from', from) }),
    ...(to !== undefined && { to: timeOf('--to', to) }),
  }
  if (range.from && range.to && range.from >= range.to) throw new Error('--from must be before --to.')
  return range
}

function timeOf(flag: string, text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw new Error(`${flag} ${text} is no time: write 2026-03-01T12:00:00Z.`)
  return time
}
