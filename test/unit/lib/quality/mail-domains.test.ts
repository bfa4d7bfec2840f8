import { describe, expect, it } from 'vitest'
import { createMailDomains, type MailResolver } from '#lib/quality/mail-domains.ts'
import { handClock } from '../../../support/table.ts'

const failure = (code: string) => Object.assign(new Error(code), { code })
type Answer = string[] | string

/** A DNS in which each domain has MX records and addresses, or the error that answers for them. */
function resolverOf(domains: Record<string, { mx: Answer; a?: Answer; aaaa?: Answer }>) {
  const asked: string[] = []
  const answer = async (value: Answer = 'ENODATA') => {
    if (typeof value === 'string') throw failure(value)
    return value
  }
  const resolver: MailResolver = {
    resolveMx: async domain => {
      asked.push(domain)
      return (await answer(domains[domain]?.mx ?? 'ENOTFOUND')).map(exchange => ({ exchange }))
    },
    resolve4: domain => answer(domains[domain]?.a),
    resolve6: domain => answer(domains[domain]?.aaaa),
  }
  return { resolver, asked }
}

const working = { 'qq.com': { mx: ['mx.qq.com'] } }

describe('whether a domain takes mail', () => {
  it.each([
    ['it has a mail server', { mx: ['mx.a.cn'] }, 'alive'],
    ['it has an address and no mail server', { mx: 'ENODATA', a: ['1.2.3.4'] }, 'alive'],
    ['it has an IPv6 address only', { mx: 'ENODATA', aaaa: ['::1'] }, 'alive'],
    ['an empty answer, and an address', { mx: [], a: ['1.2.3.4'] }, 'alive'],
    ['it does not exist', { mx: 'ENOTFOUND' }, 'dead'],
    ['it says that it takes none', { mx: [''] }, 'dead'],
    ['it says so with a dot', { mx: ['.'] }, 'dead'],
    ['it has neither mail server nor address', { mx: 'ENODATA' }, 'dead'],
    ['the resolver fails', { mx: 'ESERVFAIL' }, 'unknown'],
    ['the resolver does not answer in time', { mx: 'ETIMEOUT' }, 'unknown'],
    ['the resolver is not there', { mx: 'ECONNREFUSED' }, 'unknown'],
    ['the address cannot be looked up', { mx: 'ENODATA', a: 'ETIMEOUT' }, 'unknown'],
  ])('%s: %j', async (_what, domain, state) => {
    const { resolver } = resolverOf({ ...working, 'a.cn': domain })
    const states = await createMailDomains(handClock(), resolver).statesOf(['a.cn'])
    expect([...states]).toEqual([['a.cn', state]])
  })

  it('a resolver for which even the largest mail service does not exist is not believed', async () => {
    const { resolver } = resolverOf({})
    const states = await createMailDomains(handClock(), resolver).statesOf(['a.cn'])
    expect(states.get('a.cn')).toBe('unknown')
  })

  it('a domain is asked for once an hour', async () => {
    const { resolver, asked } = resolverOf({ ...working, 'a.cn': { mx: ['mx.a.cn'] } })
    const clock = handClock()
    const domains = createMailDomains(clock, resolver)
    await domains.statesOf(['a.cn', 'a.cn'])
    await domains.statesOf(['a.cn'])
    expect(asked.toSorted()).toEqual(['a.cn', 'qq.com'])
    clock.advance(3_600_001)
    await domains.statesOf(['a.cn'])
    expect(asked.toSorted()).toEqual(['a.cn', 'a.cn', 'qq.com', 'qq.com'])
  })

  it('nobody is asked about nothing', async () => {
    const { resolver, asked } = resolverOf(working)
    expect([...(await createMailDomains(handClock(), resolver).statesOf([]))]).toEqual([])
    expect(asked).toEqual([])
  })
})
