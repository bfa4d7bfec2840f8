import { describe, expect, it } from 'vitest'
import { callRecord } from '#lib/access-log/call-record.ts'
import { accessItems, claimOf } from '#lib/access-log/index-items.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

const file = 'AWSLogs/000000000000/CloudTrail/eu-west-1/2026/03/02/x.json.gz'
const [one, two] = ['cust_01kgz5nzm0000000000000000a', 'cust_01kgz5nzm0000000000000000b']
const at = '2026-03-02T09:00:07.123Z'

/** A read of a list, or of one record, that showed some records. */
function readOf(shown: readonly string[], id?: string): AccessRecord {
  return callRecord(
    { tenant: 'test', region: 'eu-west-1' },
    {
      ...{ requestId: 'r1', startedAt: new Date(at), durationMs: 1, traceId: 't', sourceIp: '127.0.0.1' },
      ...{ userAgent: 'test', method: 'GET', path: '/v1/customers', query: {}, body: undefined, caller: undefined },
      operationId: id === undefined ? 'listRecords' : 'getRecord',
      pathParameters: { object: 'customers', ...(id !== undefined && { id }) },
      answer: { status: 200, json: id === undefined ? { items: shown.map(each => ({ id: each })) } : { id } },
    },
  )
}

describe('the items of an access', () => {
  it('to one record are its claim alone, which is found by who, what and the record', () => {
    const record = readOf([], one)
    const claim = claimOf(record, file, 400)
    expect(claim).toMatchObject({ byActorPk: 'unknown', byActionPk: 'getRecord', byRecordPk: one, file })
    expect(claim.sk).toBe(`${at}#${record.eventID}`)
    expect(claim.ttl).toBe(Math.floor(Date.parse(at) / 1000) + 400 * 86_400)
    expect(accessItems(record, file, 400)).toEqual([])
  })

  it('to several records are one more for each, once a minute for what was only shown', () => {
    const record = readOf([one, two])
    expect(claimOf(record, file, 400)).not.toHaveProperty('byRecordPk')
    const keys = accessItems(record, file, 400).map(({ pk, sk }) => [pk, sk])
    const sk = '2026-03-02T09:00#listRecords#unknown'
    expect(keys).toEqual([
      [`R#${one}`, sk],
      [`R#${two}`, sk],
    ])
  })

  it('to no record have no key of a record: an index takes no empty one', () => {
    const record = readOf([])
    expect(claimOf(record, file, 400)).not.toHaveProperty('byRecordPk')
    expect(accessItems(record, file, 400)).toEqual([])
  })

  it('by somebody without an id are of an unknown one', () => {
    const record = { ...readOf([]), userIdentity: { type: 'User' as const, principalId: '' } }
    expect(claimOf(record, file, 400).byActorPk).toBe('unknown')
  })
})
