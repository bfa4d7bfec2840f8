import type { Finding } from '#lib/access-log/finding.ts'
import {
  type DigestName,
  digestKey,
  parseDigestKey,
  parseLogFileKey,
  type Trail,
  trailPrefix,
} from '#lib/access-log/log-keys.ts'
import type { TrailFile, TrailSource } from '#lib/access-log/trail-store.ts'

/** A digest that is in the listing. */
export type ListedDigest = DigestName & Pick<TrailFile, 'key' | 'modifiedAt'>

/** The digests of one trail, in the order of time, and where its log files are. */
export type ListedTrail = Trail & { chains: Map<string, ListedDigest[]> }

/** What there is, by the names alone. */
export type Survey = { trails: ListedTrail[]; strays: Finding[] }

const hourMs = 3_600_000

/** All trails of a bucket and what does not belong to any. Holds the names of digests, 8,760 a year, and of no log file. */
export async function surveyBucket(source: TrailSource): Promise<Survey> {
  const gathered = gather()
  for await (const file of source.list('AWSLogs/')) gathered.add(file)
  return gathered.survey()
}

/** One trail, from an hour on. */
export async function surveyTrail(source: TrailSource, trail: Trail, from: Date | undefined): Promise<Survey> {
  const gathered = gather()
  // Two hours back: the digest of the hour itself, and the one before that it is chained to.
  const after = from && digestKey(trail, new Date(from.getTime() - 2 * hourMs))
  for await (const file of source.list(trailPrefix('digests', trail), after)) gathered.add(file)
  gathered.place(trail)
  return gathered.survey()
}

function gather() {
  const trails = new Map<string, ListedTrail>()
  const strays: Finding[] = []
  const place = ({ account, region }: Trail): ListedTrail => {
    const id = `${account}/${region}`
    const known = trails.get(id) ?? { account, region, chains: new Map() }
    trails.set(id, known)
    return known
  }
  const addDigest = (name: ListedDigest) => {
    const { chains } = place(name)
    chains.set(name.trailName, [...(chains.get(name.trailName) ?? []), name])
  }
  return {
    place,
    add: ({ key, modifiedAt }: TrailFile) => {
      const digest = parseDigestKey(key)
      if (digest) return addDigest({ ...digest, key, ...(modifiedAt && { modifiedAt }) })
      const log = parseLogFileKey(key)
      if (log) return void place(log)
      strays.push(strayFinding(key))
    },
    survey: (): Survey => ({ trails: [...trails.values()], strays }),
  }
}

/** A file whose name is none of the trail's. */
export function strayFinding(file: string): Finding {
  return { file, kind: 'stray', what: 'has the name of no log file and of no digest' }
}
