import type { TrailStore } from '#lib/access-log/trail-store.ts'
import { type AccessLogVerification, accessLogVerification } from '#schemas/api/access-log-verification.ts'

/** In the log bucket: locked like the log itself, and no part of it. */
const root = 'verifications/'
const dayMs = 86_400_000
/** The daily check keeps one a day: what is older than this says nothing of today. */
const daysBack = 40

/** Keeps what a check came to. */
export async function keepVerification(store: TrailStore, view: AccessLogVerification): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(view, null, 2)}\n`)
  await store.writeNew(`${root}${view.checkedAt}.json`, { bytes, metadata: {} }, 'application/json')
}

/** What the newest check before a time came to, in short; undefined before the first. */
export async function readNewestVerification(
  store: TrailStore,
  before: Date,
): Promise<AccessLogVerification['previous']> {
  const after = `${root}${new Date(before.getTime() - daysBack * dayMs).toISOString()}`
  let newest: string | undefined
  for await (const { key } of store.list(root, after)) if (key < `${root}${before.toISOString()}`) newest = key
  const stored = newest === undefined ? undefined : await store.read(newest)
  if (!stored) return undefined
  const { state, checkedAt, from, to, found } = accessLogVerification.parse(
    JSON.parse(Buffer.from(stored.bytes).toString()),
  )
  return { state, checkedAt, from, to, found }
}
