import { keysByFingerprint } from '#lib/access-log/public-keys.ts'
import type { TrailSource } from '#lib/access-log/trail-store.ts'
import type { Verification } from '#lib/access-log/verification.ts'
import { verifyTrail } from '#lib/access-log/verify-trail.ts'
import { createRandom } from '../bench/random.ts'
import { type LocalSigner, localSigner, type MadeTrail, makeTrail } from '../support/made-trail.ts'
import { copyOf } from '../support/memory-bucket.ts'
import { alterations } from './access-log-alterations.ts'

/** What one kind of alteration came to. */
export type Outcome = { kind: string; made: number; found: number; innocent: number; examples: string[] }

type Wish = { seed: number; signer: LocalSigner; onDone: () => void }

/** Alters copies of made trails, one alteration a copy, and sees whether the verifier names the file; and no file that is as it was. */
export async function proveAlterations(kind: string, count: number, { seed, signer, onDone }: Wish): Promise<Outcome> {
  const alter = alterations[kind]
  if (!alter) throw new Error(`There is no alteration ${kind}`)
  const stranger = localSigner()
  const outcome: Outcome = { kind, made: 0, found: 0, innocent: 0, examples: [] }
  for (let turn = 0; turn < count; turn++) {
    const made = await makeTrail(seed * 10_000 + turn, signer)
    const copy = digestedCopy(made)
    const random = createRandom(seed * 31 + turn)
    const { named, mayBeNamed = [] } = await alter({ files: copy.files, random, stranger })
    const { findings } = await verify(copy, made, signer)
    const files = new Set(findings.map(({ file }) => file))
    const missed = named.filter(file => !files.has(file))
    const blamed = [...files].filter(file => !named.includes(file) && !mayBeNamed.includes(file))
    outcome.made += 1
    if (missed.length === 0) outcome.found += 1
    outcome.innocent += blamed.length
    if (missed.length > 0 && outcome.examples.length < 3) outcome.examples.push(`seed ${turn}: not named: ${missed}`)
    if (blamed.length > 0 && outcome.examples.length < 3) outcome.examples.push(`seed ${turn}: innocent: ${blamed}`)
    onDone()
  }
  return outcome
}

/** Verifies trails that nobody altered: as copies, as buckets in use, and in part. What is found is a false alarm. */
export async function proveClean(
  count: number,
  { seed, signer, onDone }: Wish,
): Promise<{ runs: number; alarms: string[] }> {
  const alarms: string[] = []
  for (let turn = 0; turn < count; turn++) {
    const made = await makeTrail(seed * 10_000 + turn, signer)
    const look = looks[turn % looks.length] ?? looks[0]
    const { found, findings } = await look(made, signer, createRandom(turn))
    if (found > 0) alarms.push(`run ${turn}: ${JSON.stringify(findings.slice(0, 2))}`)
    onDone()
  }
  return { runs: count, alarms }
}

type Look = (made: MadeTrail, signer: LocalSigner, random: ReturnType<typeof createRandom>) => Promise<Verification>

const hourMs = 3_600_000
const looks: [Look, Look, Look] = [
  async (made, signer) => verify(digestedCopy(made), made, signer),
  async ({ store, anchors, end }, signer) =>
    verifyTrail(store, { publicKeys: keysByFingerprint([signer.pem]), anchors, now: new Date(end.getTime() + hourMs) }),
  async ({ store, anchors, end }, signer, random) => {
    const from = new Date(end.getTime() - (1 + random.below(240)) * 60_000)
    const to = new Date(from.getTime() + (1 + random.below(120)) * 60_000)
    const range = { from, ...(to < end && { to }) }
    return verifyTrail(store, { ...range, publicKeys: keysByFingerprint([signer.pem]), anchors, now: end })
  },
]

/** What `download` hands out: digests, and the log files that they name. */
function digestedCopy({ store, end }: MadeTrail) {
  const files = [...store.files].filter(([, { modifiedAt }]) => modifiedAt.getTime() < end.getTime() + 10 * 60_000)
  return copyOf({ bucket: store.bucket, files: new Map(files.filter(([key, file]) => isDigested(key, file, end))) })
}

function isDigested(key: string, { modifiedAt }: { modifiedAt: Date }, end: Date): boolean {
  return key.includes('CloudTrail-Digest') || modifiedAt < end
}

function verify(source: TrailSource, { anchors }: MadeTrail, signer: LocalSigner): Promise<Verification> {
  return verifyTrail(source, { publicKeys: keysByFingerprint([signer.pem]), anchors })
}
