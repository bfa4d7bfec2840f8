import { gunzipSync } from 'node:zlib'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'
import { type Caller, type Reply, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

/** Everything that the log files hold, by request id. */
async function recordsOf(...replies: Reply[]): Promise<AccessRecord[]> {
  await crm.stack().drain({ isWhole: true })
  const client = new S3Client({
    endpoint: crm.stack().endpoints['s3'] ?? '',
    region: 'ap-southeast-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'local' },
  })
  const found: AccessRecord[] = []
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: await logBucket(client), Prefix: 'AWSLogs/000000000000/CloudTrail/' }),
  )
  for (const { Key } of Contents) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: await logBucket(client), Key }))
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
    found.push(...JSON.parse(gunzipSync(bytes).toString()).Records)
  }
  client.destroy()
  const ids = new Set(replies.map(reply => reply.headers['x-request-id']))
  return found.filter(record => ids.has(record.requestID))
}

async function logBucket(client: S3Client): Promise<string> {
  const { ListBucketsCommand } = await import('@aws-sdk/client-s3')
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}))
  return Buckets.find(({ Name = '' }) => /^log/.test(Name))?.Name ?? ''
}

const get = (as: Caller, path: string) => crm.send({ as, method: 'GET', path })
const asked = async (as: Caller, query: string) => {
  await crm.stack().drain({ isWhole: true })
  return (await get(as, `/v1/access-log?${query}`)).json
}

describe('the record of a call', () => {
  it('tells who did what to which record in the shape of CloudTrail, once', async () => {
    const customer = await crm.create('rep', 'customers', {
      name: 'Log Shape Ltd',
      phones: [{ value: '+8613800138111' }],
    })
    const reply = await get('rep', `/v1/customers/${customer['id']}?fields=name`)
    const records = await recordsOf(reply)
    expect(records).toEqual([
      {
        eventVersion: '1.11',
        eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        eventSource: 'crm.evergreen.example',
        eventName: 'getRecord',
        awsRegion: 'ap-southeast-1',
        sourceIPAddress: '127.0.0.1',
        userAgent: expect.any(String),
        userIdentity: {
          type: 'User',
          principalId: expect.stringMatching(/^user_/),
          userName: '王芳 Wang Fang',
          accountId: 'local',
          sessionContext: {
            sessionIssuer: { type: 'Role', principalId: expect.stringMatching(/^role_/), userName: 'rep' },
            attributes: { creationDate: expect.any(String), sessionId: expect.any(String) },
          },
        },
        requestParameters: { object: 'customers', id: customer['id'], fields: 'name' },
        responseElements: null,
        additionalEventData: expect.objectContaining({ status: 200 }),
        requestID: reply.headers['x-request-id'],
        eventID: expect.any(String),
        readOnly: true,
        resources: [
          {
            accountId: 'local',
            type: 'Evergreen::Record',
            ARN: `arn:evergreen:crm:ap-southeast-1:local:${customer['id']}`,
          },
        ],
        eventType: 'AwsApiCall',
        managementEvent: false,
        recipientAccountId: 'local',
        eventCategory: 'Data',
      },
    ])
  })

  it('names fields and never what was written, searched or filtered by', async () => {
    const secret = 'Geheim Zhangsan'
    const created = await crm.send({
      as: 'admin',
      method: 'POST',
      path: '/v1/customers',
      body: { name: secret, emails: [{ value: 'geheim@example.com' }] },
    })
    const filter = encodeURIComponent(`record.name == "${secret}" && record.tier == 'A'`)
    const records = await recordsOf(
      created,
      await get('admin', `/v1/customers?filter=${filter}`),
      await get('admin', `/v1/search?q=${encodeURIComponent(secret)}`),
      await get('admin', `/v1/customers/external/erp/${encodeURIComponent(secret)}`),
      await get('admin', '/v1/geheim@example.com'),
      await crm.send({ as: 'admin', method: 'POST', path: '/v1/customers', body: { [secret]: 1, name: secret } }),
    )
    expect(records).toHaveLength(6)
    expect(JSON.stringify(records)).not.toMatch(/geheim|Zhangsan/i)
    expect(records.find(record => record.requestID === created.headers['x-request-id'])).toMatchObject({
      requestParameters: { object: 'customers', body: { fields: ['name', 'emails'] } },
      responseElements: { id: created.json.id, version: 1 },
      readOnly: false,
    })
  })

  it.each<[string, () => Promise<Reply>, object]>([
    [
      'a stranger',
      () => get('nobody', '/v1/customers'),
      { errorCode: 'unauthenticated', userIdentity: { type: 'Unknown' } },
    ],
    [
      'a forged token',
      () => crm.send({ method: 'GET', path: '/v1/me', headers: { authorization: 'Bearer a.b.c' } }),
      { errorCode: 'unauthenticated' },
    ],
    [
      'what one may not see',
      () => get('rep', '/v1/access-log'),
      { errorCode: 'not_found', userIdentity: { type: 'User' } },
    ],
    ['a path that is none', () => get('nobody', '/nowhere'), { eventName: 'unrouted', errorCode: 'not_found' }],
    [
      'a method that is none',
      () => crm.send({ as: 'rep', method: 'DELETE', path: '/v1/me' }),
      { errorCode: 'method_not_allowed' },
    ],
    [
      'a body too large for the gateway',
      () =>
        crm.send({ as: 'rep', method: 'POST', path: '/v1/customers', body: `{"name":"${'x'.repeat(11_000_000)}"}` }),
      { eventName: 'createRecord', errorCode: 'payload_too_large' },
    ],
    ['a malformed address', () => get('rep', '/v1/%zz'), { eventName: 'unrouted', errorCode: 'validation_failed' }],
    ['a question about the service', () => get('nobody', '/health'), { eventName: 'checkHealth' }],
  ])('is there for %s', async (_, send, wanted) => {
    const reply = await send()
    expect(await recordsOf(reply)).toMatchObject([{ ...wanted, additionalEventData: { status: reply.status } }])
  })

  it('tells of a change of permissions as management', async () => {
    const reply = await crm.send({
      as: 'admin',
      method: 'POST',
      path: '/v1/roles',
      body: {
        name: 'looker',
        permissions: [{ object: 'customer', create: 'none', read: 'all', update: 'none', delete: 'none' }],
      },
    })
    expect(await recordsOf(reply)).toMatchObject([
      { eventName: 'createRecord', eventCategory: 'Management', managementEvent: true, readOnly: false },
    ])
  })
})

describe('who viewed or exported a customer', () => {
  it('is one question: views, lists that showed it, changes, exports, and those who were refused', async () => {
    const customer = await crm.create('manager', 'customers', { name: 'Who Saw Me Ltd', industry: 'retail' })
    const id = customer['id']
    await get('manager', `/v1/customers/${id}`)
    await get('rep2', `/v1/customers/${id}`)
    await get('manager', '/v1/customers?limit=5')
    const exported = await crm.send({
      as: 'admin',
      method: 'POST',
      path: '/v1/exports',
      body: { object: 'customers', format: 'csv' },
    })
    await crm.stack().drain()
    const handedOut = await get('admin', `/v1/exports/${exported.json.id}`)
    const { items } = await asked('auditor', `record=${id}`)
    const told = items.map((each: { action: string; actor: { name?: string; via?: string }; errorCode?: string }) => [
      each.action,
      each.actor.name ?? each.actor.via,
      each.errorCode,
    ])
    expect(told).toEqual(
      expect.arrayContaining([
        ['createRecord', '李明 Li Ming', undefined],
        ['getRecord', '李明 Li Ming', undefined],
        ['getRecord', '张伟 Zhang Wei', 'not_found'],
        ['findRecords', '李明 Li Ming', undefined],
        ['exportRecords', 'evergreen/export-part', undefined],
      ]),
    )
    expect(told).toHaveLength(5)
    expect(await recordsOf(handedOut)).toMatchObject([
      { eventName: 'getExport', responseElements: { presignedUrl: '***' } },
    ])
  })

  it('can be asked by person, action and time, page by page, in any combination', async () => {
    const customer = await crm.create('service', 'contacts', { name: 'Paged Person' })
    for (let i = 0; i < 5; i++) await get('service', `/v1/contacts/${customer['id']}`)
    const me = (await get('service', '/v1/me')).json.id
    const whole = await asked('admin', `actor=${me}&action=getRecord&record=${customer['id']}&limit=10`)
    expect(whole.items).toHaveLength(5)
    const first = await asked('admin', `actor=${me}&action=getRecord&limit=2`)
    const second = await asked('admin', `actor=${me}&action=getRecord&limit=2&cursor=${first.nextCursor}`)
    const times = [...first.items, ...second.items].map(({ at }: { at: string }) => at)
    expect(times).toEqual(whole.items.slice(0, 4).map(({ at }: { at: string }) => at))
    const [latest] = whole.items
    const since = await asked('admin', `actor=${me}&action=getRecord&from=${latest.at}`)
    expect(since.items.map(({ eventId }: { eventId: string }) => eventId)).toEqual([latest.eventId])
    const before = await asked('admin', `record=${customer['id']}&action=getRecord&to=${whole.items[1].at}`)
    expect(before.items).toHaveLength(4)
    const months = await asked('admin', `from=${whole.items[4].at}&to=${latest.at}&limit=200`)
    expect(months.items.map(({ eventId }: { eventId: string }) => eventId)).toEqual(
      expect.arrayContaining(whole.items.map(({ eventId }: { eventId: string }) => eventId)),
    )
  })
})

describe('the access log is for admins and auditors', () => {
  scenarios(crm, [
    { name: 'an admin may ask it', as: 'admin', get: '/v1/access-log?limit=1', status: 200 },
    {
      name: 'an auditor may, and sees addresses masked',
      as: 'auditor',
      get: '/v1/access-log?limit=1',
      status: 200,
      also: async () => {
        const { items } = await asked('auditor', 'limit=5')
        expect(items[0]).toMatchObject({ sourceIp: expect.stringMatching(/\.\*\*\*$/), userAgent: '***' })
      },
    },
    { name: 'a manager may not', as: 'manager', get: '/v1/access-log', status: 404, code: 'not_found' },
    { name: 'a rep may not', as: 'rep', get: '/v1/access-log', status: 404, code: 'not_found' },
    { name: 'a stranger may not', get: '/v1/access-log', status: 401, code: 'unauthenticated' },
    {
      name: 'a time that ends before it begins is refused',
      as: 'admin',
      get: '/v1/access-log?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
      status: 400,
      code: 'validation_failed',
    },
    {
      name: 'more than 400 days are refused',
      as: 'admin',
      get: '/v1/access-log?from=2020-02-01T00:00:00Z',
      status: 400,
      code: 'validation_failed',
    },
    {
      name: 'a forged cursor is refused',
      as: 'admin',
      get: '/v1/access-log?cursor=abc',
      status: 400,
      code: 'invalid_cursor',
    },
  ])
})

describe('unusual access', () => {
  const alertsOf = async (kind: string) => {
    await crm.stack().drain({ isWhole: true })
    const { items } = (await get('admin', '/v1/access-alerts?limit=50')).json
    return items.filter((each: { kind: string }) => each.kind === kind)
  }

  it("a leaver's attempt is refused, kept as an alert, and told to the admins once", async () => {
    const me = await get('rep2', '/v1/me')
    const user = await get('admin', `/v1/users/${me.json.id}`)
    expect(user.status).toBe(200)
    await crm.send({ as: 'admin', method: 'PATCH', path: `/v1/users/${me.json.id}`, body: { status: 'disabled' } })
    await expect.poll(async () => (await get('rep2', '/v1/me')).status, { timeout: 20_000, interval: 500 }).toBe(401)
    await get('rep2', '/v1/me')
    expect(await alertsOf('leaver')).toMatchObject([{ actorId: me.json.id, title: expect.stringContaining('张伟') }])
    const inbox = (await get('admin', '/v1/notifications')).json.items
    expect(inbox.filter((each: { kind: string }) => each.kind === 'accessAlert')).toHaveLength(1)
  })

  it('an admin says what an alert came to; the auditor sees it, and cannot', async () => {
    const [{ id }] = await alertsOf('leaver')
    const review = (as: Caller, body: object) =>
      crm.send({ as, method: 'POST', path: `/v1/access-alerts/${id}/review`, body })
    const whole = { conclusion: 'incident', note: '已离职，账号已停用' }
    expect((await review('auditor', whole)).status).toBe(404)
    const unsaid = await review('admin', { conclusion: 'incident', note: ' ' })
    expect([unsaid.status, unsaid.json.errors[0].pointer]).toEqual([400, '/note'])
    const unknown = await review('admin', { ...whole, conclusion: 'fine' })
    expect([unknown.status, unknown.json.errors[0].pointer]).toEqual([400, '/conclusion'])
    const me = (await get('admin', '/v1/me')).json.id
    const reviewed = await review('admin', whole)
    expect(reviewed).toMatchObject({ status: 200, json: { ...whole, reviewedBy: me, kind: 'leaver' } })
    expect((await get('auditor', `/v1/access-alerts/${id}`)).json).toMatchObject({ ...whole, reviewedBy: me })
    const open = await get('admin', `/v1/access-alerts?filter=${encodeURIComponent('!has(record.conclusion)')}`)
    expect(open.json.items.map((each: { id: string }) => each.id)).not.toContain(id)
  })

  it('many refusals within an hour are told by the rule of the settings', async () => {
    const changed = await crm.send({
      as: 'admin',
      method: 'PATCH',
      path: '/v1/settings',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { accessLog: { watch: { denials: 6 } } },
    })
    expect(changed.status).toBe(200)
    const me = (await get('service', '/v1/me')).json.id
    for (let i = 0; i < 7; i++) await get('service', '/v1/access-log')
    // The writer may still go by the settings of half a minute ago.
    await expect
      .poll(async () => (await get('service', '/v1/access-log')) && (await alertsOf('manyDenials')), {
        timeout: 50_000,
        interval: 3_000,
      })
      .toMatchObject([{ actorId: me, count: expect.any(Number) }])
  })
})

it('admins and auditors get a report by person each month, once', async () => {
  const customer = await crm.create('service', 'contacts', { name: 'Monthly Person' })
  await get('service', `/v1/contacts/${customer['id']}`)
  await crm.stack().drain({ isWhole: true })
  const now = new Date()
  const scheduledAt = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 12)).toISOString()
  const event = { kind: 'accessReport', scheduledAt }
  await crm.stack().invoke('schedules/access-report', event)
  await crm.stack().invoke('schedules/access-report', event)
  for (const as of ['admin', 'auditor'] as const) {
    const { items } = (await get(as, '/v1/notifications')).json
    const reports = items.filter((each: { kind: string }) => each.kind === 'accessReport')
    expect(reports).toHaveLength(1)
    expect(reports[0].body).toMatch(/^姓名,角色,状态,.*\r\n/)
    expect(reports[0].body).toMatch(/陈静 Chen Jing,service,在职,1,[1-9]\d*,[1-9]\d*,0,/)
  }
  expect((await get('manager', '/v1/notifications')).json.items).toEqual([])
})
