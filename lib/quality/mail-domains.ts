import { Resolver } from 'node:dns/promises'
import type { Clock } from '#lib/runtime/clock.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'

/** Whether a domain takes mail: `unknown` when nobody who was asked could tell. */
export type MailState = 'alive' | 'dead' | 'unknown'

/** The part of the DNS that is asked; errors carry a `code` as node:dns gives it. */
export type MailResolver = {
  resolveMx(domain: string): Promise<{ exchange: string }[]>
  resolve4(domain: string): Promise<string[]>
  resolve6(domain: string): Promise<string[]>
}

/** Tells of domains whether they take mail. */
export type MailDomains = { statesOf(domains: readonly string[]): Promise<ReadonlyMap<string, MailState>> }

/** A mail service of hundreds of millions: where even it does not exist, the resolver is broken, not the world. */
const surelyAlive = 'qq.com'
/** 1 hour: a domain is asked for once in a run, and a dead one gets its chance in the next. */
const freshMs = 3_600_000
/** 8 questions at a time are polite to a resolver. */
const parallel = 8
/** 2 s and 2 tries: a resolver that needs longer cannot answer. */
const asked = { timeout: 2_000, tries: 2 }

/** Asks the DNS, each domain once an hour in a container. */
export function createMailDomains(clock: Clock, resolver: MailResolver = new Resolver(asked)): MailDomains {
  const known = new Map<string, { until: number; state: Promise<MailState> }>()
  const stateOf = (domain: string): Promise<MailState> => {
    const now = clock.now().getTime()
    const hit = known.get(domain)
    if (hit && hit.until > now) return hit.state
    const state = lookUp(resolver, domain)
    known.set(domain, { until: now + freshMs, state })
    return state
  }
  return {
    async statesOf(domains) {
      const states = new Map<string, MailState>()
      const distinct = new Set(domains)
      if (distinct.size === 0 || (await stateOf(surelyAlive)) !== 'alive')
        return new Map([...distinct].map(domain => [domain, 'unknown']))
      await inParallel(distinct, parallel, async domain => {
        states.set(domain, await stateOf(domain))
      })
      return states
    },
  }
}

/** RFC 5321: the MX records, else the address of the domain itself; RFC 7505: an MX of "." takes no mail. */
async function lookUp(resolver: MailResolver, domain: string): Promise<MailState> {
  try {
    const servers = await resolver.resolveMx(domain)
    if (servers.length > 0) return servers.some(({ exchange }) => !/^\.?$/.test(exchange)) ? 'alive' : 'dead'
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === 'ENOTFOUND') return 'dead'
    if (reason !== 'ENODATA') return 'unknown'
  }
  return hasAddress(resolver, domain)
}

async function hasAddress(resolver: MailResolver, domain: string): Promise<MailState> {
  const answers = await Promise.all([lookedUp(resolver.resolve4(domain)), lookedUp(resolver.resolve6(domain))])
  if (answers.includes('alive')) return 'alive'
  return answers.includes('unknown') ? 'unknown' : 'dead'
}

function lookedUp(addresses: Promise<string[]>): Promise<MailState> {
  return addresses.then(
    (found): MailState => (found.length > 0 ? 'alive' : 'dead'),
    (error): MailState => (['ENOTFOUND', 'ENODATA'].includes(reasonOf(error)) ? 'dead' : 'unknown'),
  )
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
