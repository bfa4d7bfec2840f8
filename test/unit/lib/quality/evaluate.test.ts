import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateQuality } from '#lib/quality/evaluate.ts'
import type { JudgedRecord } from '#lib/quality/rules/rule.ts'
import type { Finding } from '#lib/quality/types.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { activity } from '#schemas/objects/activity.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { type TenantPolicy, tenantPolicy } from '#schemas/settings.ts'

const now = new Date('2026-03-01T00:00:00.000Z')
const owner = 'user_01h455vb4pex5vsknk084sn02q'

const recordWith = (fields: JsonObject, more: Partial<JudgedRecord> = {}): JudgedRecord => ({
  id: 'cust_01h455vb4pex5vsknk084sn02q',
  fields,
  createdAt: '2026-02-01T00:00:00.000Z',
  updatedAt: '2026-02-01T00:00:00.000Z',
  ...more,
})

const judge = (object: ObjectDefinition, record: JudgedRecord, policy: Partial<TenantPolicy> = {}) =>
  evaluateQuality(object, record, { now, policy: tenantPolicy.parse(policy), phoneRegion: 'CN' })

/** A customer without a flaw. */
const flawless: JsonObject = {
  name: '上海明日科技有限公司',
  kind: 'company',
  industry: 'technology',
  source: 'website',
  tier: 'A',
  emails: [{ value: 'li.na@mingri.cn', primary: true, status: 'unverified' }],
  phones: [{ value: '+8613912077502', entered: '139 1207 7502', primary: true, status: 'unverified' }],
  website: 'https://www.mingri.cn',
  address: { country: 'CN', province: '上海市', city: '上海市', postalCode: '200040' },
  ownerId: owner,
}
const told = ({ rule, field, severity, points }: Finding) => [rule, field, severity, points]
const { industry: _industry, ...withoutIndustry } = flawless
const { ownerId: _owner, ...withoutOwner } = flawless

describe('the score', () => {
  it('is 100 for a customer without a flaw', () => {
    expect(judge(customer, recordWith(flawless))).toEqual({ score: 100, findings: [] })
  })

  it.each<[string, ObjectDefinition, JudgedRecord, unknown[][]]>([
    [
      'a name and an owner, nothing else',
      customer,
      recordWith({ name: 'Ann', ownerId: owner }),
      [
        ['completeness', 'emails', 'warning', 16],
        ['completeness', 'address', 'info', 7],
        ['completeness', 'source', 'info', 4],
        ['completeness', 'tier', 'info', 3],
      ],
    ],
    [
      'a person has no industry and no tax id to fill in',
      customer,
      recordWith({ ...withoutIndustry, kind: 'person' }),
      [],
    ],
    [
      'a company has',
      customer,
      recordWith({ ...withoutIndustry, kind: 'company' }),
      [['completeness', 'industry', 'info', 4]],
    ],
    [
      'text of nothing but spaces is empty',
      contact,
      recordWith({
        name: 'Ann',
        emails: flawless['emails'] ?? null,
        title: ' \u200b ',
        source: 'website',
        companyName: 'X',
        ownerId: owner,
      }),
      [['completeness', 'title', 'info', 5]],
    ],
    ['nobody looks after it', customer, recordWith(withoutOwner), [['orphan', 'ownerId', 'warning', 15]]],
    [
      'it was never verified',
      customer,
      recordWith(flawless, { createdAt: '2025-08-01T00:00:00.000Z' }),
      [['freshness', 'lastVerifiedAt', 'warning', 15]],
    ],
    [
      'it was verified in time',
      customer,
      recordWith(
        { ...flawless, lastVerifiedAt: '2026-01-01T00:00:00.000Z' },
        { createdAt: '2020-01-01T00:00:00.000Z' },
      ),
      [],
    ],
    [
      'its own span has passed',
      customer,
      recordWith({ ...flawless, lastVerifiedAt: '2026-01-01T00:00:00.000Z', verifyEvery: 'P30D' }),
      [['freshness', 'lastVerifiedAt', 'warning', 15]],
    ],
    [
      'it is in two groups of duplicates',
      customer,
      recordWith(flawless, { checked: { at: 'x', duplicates: 2 } }),
      [['uniqueness', undefined, 'warning', 15]],
    ],
    [
      'two references are broken: one rule, its points shared',
      contact,
      recordWith(
        {
          name: 'Ann',
          title: 'CEO',
          source: 'website',
          emails: flawless['emails'] ?? null,
          customerId: 'x',
          ownerId: owner,
        },
        { checked: { at: 'x', orphan: true, missing: ['customerId', 'ownerId'] } },
      ),
      [
        ['orphan', 'customerId', 'error', 8],
        ['orphan', 'ownerId', 'error', 7],
      ],
    ],
    [
      'a domain takes no mail',
      customer,
      recordWith(flawless, { checked: { at: 'x', deadDomains: ['mingri.cn'] } }),
      [['emailDomain', 'emails', 'error', 15]],
    ],
    [
      'another domain takes no mail, which no address is at any more',
      customer,
      recordWith(flawless, { checked: { at: 'x', deadDomains: ['mingtian.cn'] } }),
      [],
    ],
    [
      'a throw-away address',
      customer,
      recordWith({ ...flawless, emails: [{ value: 'a@mailinator.com' }] }),
      [['emailDisposable', 'emails', 'warning', 5]],
    ],
    [
      'a mail service of millions is no throw-away service, whatever a list says',
      customer,
      recordWith({ ...flawless, emails: [{ value: 'a@21cn.com' }] }),
      [],
    ],
    [
      'an e-mail and a phone that are wrong',
      customer,
      recordWith({
        ...flawless,
        emails: [{ value: 'ok@mingri.cn' }, { value: 'nobody' }],
        phones: [{ value: '+8612912077502' }],
      }),
      [
        ['emailFormat', 'emails', 'error', 20],
        ['phoneInvalid', 'phones', 'error', 20],
      ],
    ],
    [
      'an activity that hangs on nothing',
      activity,
      recordWith({ type: 'note', subject: 'x', assigneeId: owner, occurredAt: now.toISOString() }),
      [['completeness', 'customerId', 'warning', 21]],
    ],
  ])('%s', (_name, object, record, findings) => {
    const quality = judge(object, record)
    expect(quality.findings.map(told)).toEqual(findings)
    expect(quality.score).toBe(100 - findings.reduce((sum, [, , , points]) => sum + Number(points), 0))
  })

  it('never falls below 0', () => {
    const weights = { completeness: 100, orphan: 100, freshness: 100 }
    const quality = judge(customer, recordWith({}), { quality: { weights } as TenantPolicy['quality'] })
    expect(quality.score).toBe(0)
  })

  it('a rule that the tenant gives 0 points is off', () => {
    const policy = { quality: { weights: { orphan: 0 } } as TenantPolicy['quality'] }
    expect(judge(customer, recordWith(withoutOwner), policy)).toEqual({ score: 100, findings: [] })
  })

  it('a rule takes the points that the tenant gives it', () => {
    const policy = { quality: { weights: { orphan: 3 } } as TenantPolicy['quality'] }
    expect(judge(customer, recordWith(withoutOwner), policy).score).toBe(97)
  })

  it('a tenant that does not mind throw-away addresses hears nothing of them', () => {
    const record = recordWith({ ...flawless, emails: [{ value: 'a@mailinator.com' }] })
    const policy = { quality: { disposableEmails: 'ignore' } as TenantPolicy['quality'] }
    expect(judge(customer, record, policy).findings).toEqual([])
  })

  it('what breaks an entry standard is told, field by field', () => {
    const standards = { customer: { tier: { allowed: ['B'] }, website: { required: true as const } } }
    const { website: _website, ...rest } = flawless
    const { findings } = judge(customer, recordWith({ ...rest, taxId: '91310000MA1K4BCD2X' }), { standards })
    expect(findings.map(told)).toEqual([
      ['standard', 'tier', 'warning', 8],
      ['standard', 'website', 'warning', 7],
    ])
  })

  it('every finding says what is wrong and what to do, and quotes no address and no number', () => {
    const record = recordWith(
      {
        name: 'Ann',
        tags: ['secret'],
        emails: [{ value: 'secret@@x' }],
        phones: [{ value: '12secret' }],
        address: { country: 'DE' },
      },
      { createdAt: '2020-01-01T00:00:00.000Z', checked: { at: 'x', duplicates: 1, missing: ['teamId'] } },
    )
    const { findings } = judge(customer, record, { standards: { customer: { tags: { allowed: ['vip'] } } } })
    expect(new Set(findings.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(7)
    for (const { detail, fix } of findings) {
      expect(detail).toMatch(/^\S.*\.$/)
      expect(fix).toMatch(/^\S.*\.$/)
      expect(detail + fix).not.toContain('secret')
    }
  })

  it('whatever a record holds, it is judged and not stumbled over', () => {
    const field = fc.constantFrom(...Object.keys(customer.fields))
    fc.assert(
      fc.property(fc.dictionary(field, fc.jsonValue()), fields => {
        const { score, findings } = judge(customer, recordWith(fields as JsonObject))
        expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true)
        expect(findings.every(({ points }) => Number.isInteger(points) && points >= 0)).toBe(true)
      }),
    )
  })
})
