import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTrailFolder } from '#infra/local/access-log/trail-folder.ts'
import type { Anchor } from '#lib/access-log/anchor.ts'
import { parseDigestKey } from '#lib/access-log/log-keys.ts'
import { onlyKey } from '#lib/access-log/public-keys.ts'
import { readDigest } from '#lib/access-log/read-digest.ts'
import type { StoredFile, TrailSource } from '#lib/access-log/trail-store.ts'
import { verifyTrail } from '#lib/access-log/verify-trail.ts'
import { createRandom } from '../bench/random.ts'
import { alterations } from '../reliability/access-log-alterations.ts'
import { localSigner } from '../support/made-trail.ts'
import { copyOf } from '../support/memory-bucket.ts'
import type { EvalResult, EvalSet } from './eval-set.ts'

/** Copies of each kind that are altered. */
const each = 20

/** A trail in CloudTrail's format that others made and signed: it has to be accepted, and every altered copy refused. */
export const trailSets: EvalSet[] = [
  { name: 'trail golden', group: 'trail', files: ['trail/golden', 'trail/public.pem'], run: judgeGolden },
]

async function judgeGolden(data: string): Promise<EvalResult> {
  const started = performance.now()
  const publicKeys = onlyKey(readFileSync(join(data, 'trail/public.pem'), 'utf8'))
  const golden = openTrailFolder(join(data, 'trail/golden'))
  const whole = await verifyTrail(golden, { publicKeys })
  const shortfalls = whole.findings.map(({ file, what }) => `golden: ${file} ${what}`)
  const files = await loaded(golden)
  const anchors = [newestOf(files, publicKeys)]
  const stranger = localSigner()
  let refused = 0
  for (const [kind, alter] of Object.entries(alterations))
    for (let turn = 0; turn < each; turn++) {
      const copy = copyOf({ bucket: golden.bucket, files })
      const { named } = await alter({ files: copy.files, random: createRandom(turn), stranger })
      const { findings } = await verifyTrail(copy, { publicKeys, anchors })
      const found = new Set(findings.map(({ file }) => file))
      if (named.every(file => found.has(file))) refused += 1
      else shortfalls.push(`${kind} ${turn}: not named: ${named.filter(file => !found.has(file))}`)
    }
  const figures = {
    'digests intact': `${whole.intactDigests} of ${whole.digests}`,
    'log files intact': `${whole.intactLogFiles} of ${whole.logFiles}`,
    'altered copies refused': `${refused} of ${each * Object.keys(alterations).length}`,
  }
  return {
    figures,
    ms: performance.now() - started,
    bar: 'accepted, and each altered copy refused by name',
    shortfalls,
  }
}

async function loaded(source: TrailSource): Promise<Map<string, StoredFile>> {
  const files = new Map<string, StoredFile>()
  for await (const { key } of source.list('')) {
    const file = await source.read(key)
    if (file) files.set(key, file)
  }
  return files
}

function newestOf(files: ReadonlyMap<string, StoredFile>, publicKeys: ReturnType<typeof onlyKey>): Anchor {
  const key =
    [...files.keys()]
      .filter(name => parseDigestKey(name))
      .toSorted()
      .at(-1) ?? ''
  const file = files.get(key)
  const read = file && readDigest(key, file, { bucket: 'trail-bucket', publicKeys })
  if (!read || 'kind' in read) throw new Error(`${key} is no digest`)
  const { digest, sha256, signature } = read
  return {
    digestS3Bucket: digest.digestS3Bucket,
    digestS3Object: key,
    digestEndTime: digest.digestEndTime,
    ...{ hashValue: sha256, hashAlgorithm: 'SHA-256', signature },
    ...{ digestPublicKeyFingerprint: digest.digestPublicKeyFingerprint, anchoredAt: digest.digestEndTime },
  }
}
