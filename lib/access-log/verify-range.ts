import type { Anchor } from '#lib/access-log/anchor.ts'
import { readNewestAnchor } from '#lib/access-log/keep-anchor.ts'
import { keepVerification, readNewestVerification } from '#lib/access-log/kept-verification.ts'
import type { OpenTrail } from '#lib/access-log/open-trail.ts'
import type { PublicKeys } from '#lib/access-log/public-keys.ts'
import { isMerelyLate, type Verification } from '#lib/access-log/verification.ts'
import { verifyTrail } from '#lib/access-log/verify-trail.ts'
import { isPassing } from '#lib/runtime/outage.ts'
import type { AccessLogVerification } from '#schemas/api/access-log-verification.ts'

type Tools = OpenTrail & { publicKeys: PublicKeys }
type Wish = { from: Date; to: Date; now: Date; mayGoOn: () => boolean }

/** A page of them says enough; the command line has all. */
const mostShown = 100

/**
 * Checks a part of the tenant's access log against its digests and the newest anchor, keeps what it came to in the log bucket,
 * and gives it together with the check before.
 */
export async function verifyRange(tools: Tools, { from, to, now, mayGoOn }: Wish): Promise<AccessLogVerification> {
  const { store, anchors, trail, publicKeys } = tools
  const previous = await readNewestVerification(store, now)
  const anchor = await readAnchorIfThere(() => readNewestAnchor(anchors, trail, now))
  const range = { from, ...(to < now && { to }) }
  const result = await verifyTrail(store, {
    ...{ publicKeys, trail, ...range, now, mayGoOn },
    anchors: anchor ? [anchor] : [],
  })
  const view = viewOf(result, { from, to, now })
  await keepVerification(store, view)
  return { ...view, ...(previous && { previous }) }
}

/** What the second region does not tell is told by `anchors`: 0. */
async function readAnchorIfThere(read: () => Promise<Anchor | undefined>): Promise<Anchor | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isPassing(error)) return undefined
    throw error
  }
}

function viewOf(result: Verification, { from, to, now }: { from: Date; to: Date; now: Date }): AccessLogVerification {
  return {
    state: stateOf(result),
    checkedAt: now.toISOString(),
    ...{ from: result.from, to: result.to, found: result.found },
    asked: { from: from.toISOString(), to: to.toISOString() },
    digests: { checked: result.digests, intact: result.intactDigests },
    logFiles: { checked: result.logFiles, intact: result.intactLogFiles },
    ...{ events: result.events, pending: result.pending, anchors: result.anchors, fingerprints: result.fingerprints },
    findings: result.findings.slice(0, mostShown),
  }
}

function stateOf(result: Verification): AccessLogVerification['state'] {
  const { found, isFinished } = result
  if (isMerelyLate(result)) return 'late'
  if (found > 0) return 'altered'
  return isFinished ? 'intact' : 'unfinished'
}
