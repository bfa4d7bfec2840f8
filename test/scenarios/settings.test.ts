import { describe, expect, it } from 'vitest'
import { settingId } from '#lib/settings/setting-id.ts'
import { expectContract } from '../support/contract.ts'
import { type Caller, useCrm } from '../support/crm.ts'
import { importFile } from '../support/imports.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()
const tag = (version: number) => `"${settingId}.${version}"`
const standards = {
  customer: { industry: { required: true }, name: { minLength: 2 } },
  contact: { phones: { pattern: { regex: '\\+861[3-9]\\d{9}', message: '请填写中国大陆手机号' } } },
}

describe('the settings', () => {
  scenarios(crm, [
    { name: 'need a token', get: '/v1/settings', status: 401 },
    {
      name: 'are the product’s own until somebody decides otherwise',
      as: 'admin',
      get: '/v1/settings',
      status: 200,
      sends: { etag: tag(0) },
      json: { version: 0, cleanup: { frequency: 'weekly', weekday: 'SUN', time: '04:30' }, standards: {} },
      events: [],
    },
    {
      name: 'answer 304 to who has them already',
      as: 'manager',
      headers: { 'if-none-match': tag(0) },
      get: '/v1/settings',
      status: 304,
    },
    {
      name: 'show a rep what entering data needs, and no more',
      as: 'rep',
      get: '/v1/settings',
      status: 200,
      also: ({ json }) =>
        expect(Object.keys(json).toSorted()).toEqual(['id', 'object', 'quality', 'standards', 'version']),
    },
    ...(['manager', 'rep', 'service', 'auditor', 'erp'] as Caller[]).map(as => ({
      name: `are not changed by ${as}`,
      as,
      patch: '/v1/settings',
      body: { retention: { recycleBinDays: 1 } },
      status: 404,
      code: 'not_found',
      events: [],
    })),
    { name: 'take no unknown parameter', as: 'admin', get: '/v1/settings?all=1', status: 400, code: 'unknown_field' },
    {
      name: 'are refused with the place and the fix of every mistake',
      as: 'admin',
      patch: '/v1/settings',
      body: { cleanup: { time: '2am' }, standards: { customer: { fax: { required: true } } }, colour: 1 },
      status: 400,
      code: 'validation_failed',
      events: [],
      also: ({ json }) =>
        expect(json.errors).toEqual([
          {
            pointer: '/cleanup/time',
            code: 'invalid_format',
            detail: 'cleanup.time must be a time of day such as 02:00.',
          },
          {
            pointer: '/colour',
            code: 'unknown_field',
            detail: 'colour is not a setting; leave it out, or see GET /v1/settings for those there are.',
          },
        ]),
    },
    {
      name: 'are tried without being changed',
      as: 'admin',
      patch: '/v1/settings?dryRun=true',
      body: { standards },
      status: 200,
      sends: { 'x-dry-run': 'true', etag: undefined },
      json: { standards, trial: { checked: 0, breaks: [], isComplete: true } },
      events: [],
    },
    {
      name: 'change by merge patch, on condition of the version seen',
      as: 'admin',
      patch: '/v1/settings',
      headers: { 'if-match': tag(0), 'content-type': 'application/merge-patch+json' },
      body: { cleanup: { frequency: 'daily', time: '03:15' }, standards },
      status: 200,
      sends: { etag: tag(1) },
      json: { version: 1, cleanup: { frequency: 'daily', time: '03:15', weekday: 'SUN' }, standards },
      events: ['RecordCreated'],
    },
    {
      name: 'are refused to who saw an older version',
      as: 'admin',
      patch: '/v1/settings',
      headers: { 'if-match': tag(0) },
      body: { audit: { perOwner: 1 } },
      status: 412,
      code: 'version_conflict',
      json: { currentVersion: 1 },
    },
    {
      name: 'say in an event which section changed',
      as: 'admin',
      patch: '/v1/settings',
      body: { retention: { recycleBinDays: 90 } },
      status: 200,
      also: async (reply, _, { tap }) => {
        const [event] = await tap().eventsOf(reply.headers['x-request-id'] ?? '')
        expect(event).toMatchObject({
          'detail-type': 'RecordUpdated',
          detail: { object: 'setting', recordId: settingId, changedFields: ['retention'] },
        })
      },
    },
    {
      name: 'are kept with their history',
      as: 'auditor',
      get: '/v1/settings/history',
      status: 200,
      json: {
        items: [
          { version: 2, action: 'updated', source: 'api' },
          { version: 1, action: 'created' },
        ],
      },
    },
    { name: 'hide their history from a rep', as: 'rep', get: '/v1/settings/history', status: 404 },
    {
      name: 'return to an earlier version',
      as: 'admin',
      post: '/v1/settings/revert',
      body: { toVersion: 1 },
      status: 200,
      sends: { etag: tag(3) },
      json: { retention: { recycleBinDays: 60 }, cleanup: { time: '03:15' } },
    },
    {
      name: 'do not return to a version that never was',
      as: 'admin',
      post: '/v1/settings/revert',
      body: { toVersion: 99 },
      status: 400,
      json: { errors: [{ pointer: '/toVersion', code: 'unknown_version' }] },
    },
    {
      name: 'are not changed or removed past their own routes',
      as: 'admin',
      patch: `/v1/settings/${settingId}`,
      body: { cleanup: {} },
      status: 404,
      events: [],
    },
  ])
})

// The function of the records answers its first request only now, so it starts with the standards in force.
describe('entry standards', () => {
  scenarios(crm, [
    {
      name: 'hold a new customer to what the tenant requires',
      as: 'rep',
      post: '/v1/customers',
      body: { name: '华' },
      status: 400,
      code: 'validation_failed',
      events: [],
      also: ({ json }) =>
        expect(json.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)).toEqual(
          ['/name too_short', '/industry required'],
        ),
    },
    {
      name: 'let a customer in that meets them',
      as: 'rep',
      post: '/v1/customers',
      body: { name: '华星贸易', industry: 'retail' },
      status: 201,
    },
    {
      name: 'say in the tenant’s words what a value must be',
      as: 'rep',
      post: '/v1/contacts',
      body: { name: '李娜', phones: [{ value: '021-62881234' }] },
      status: 400,
      json: {
        errors: [
          {
            pointer: '/phones',
            code: 'invalid_format',
            detail: 'phones is not as the entry standards want it: 请填写中国大陆手机号.',
          },
        ],
      },
    },
    {
      name: 'hold each operation of a batch to them',
      as: 'rep',
      post: '/v1/customers/batch',
      body: {
        atomic: false,
        operations: [
          { op: 'create', record: { name: '东海' } },
          { op: 'create', record: { name: '东海', industry: 'energy' } },
        ],
      },
      status: 200,
      json: { results: [{ status: 400, problem: { code: 'validation_failed' } }, { status: 201 }] },
    },
    {
      name: 'cannot be emptied of what they require',
      as: 'rep',
      given: async ({ create }) => ({
        id: (await create('rep', 'customers', { name: '南山', industry: 'media' }))['id'] ?? '',
      }),
      patch: '/v1/customers/{id}',
      body: { industry: null },
      status: 400,
      json: { errors: [{ pointer: '/industry', code: 'required' }] },
    },
  ])

  it('reject the rows of an import that break them, with the reason', async () => {
    const file = '姓名,手机\n张伟,13912345678\n王芳,021-62881234\n'
    const job = await importFile(crm, { as: 'rep', file, start: { mapping: { 姓名: 'name', 手机: 'phones' } } })
    expect(job.counts).toMatchObject({ created: 1, rejected: 1 })
    const rejects = await crm.send({ as: 'rep', method: 'GET', path: `/v1/imports/${job.id}/rejects` })
    expect(rejects.text).toContain('请填写中国大陆手机号')
  })

  it('tell in a dry run how many records stricter ones would break, with examples', async () => {
    const path = '/v1/settings?dryRun=true'
    const body = { standards: { customer: { industry: { allowed: ['retail', 'energy'] } } } }
    const reply = await crm.send({ as: 'admin', method: 'PATCH', path, body })
    expectContract({ method: 'PATCH', path }, reply)
    expect(reply.json.trial).toMatchObject({
      checked: 3,
      isComplete: true,
      breaks: [
        {
          object: 'customer',
          field: 'industry',
          code: 'not_allowed',
          records: 1,
          newly: 1,
          examples: [{ title: '南山' }],
        },
      ],
    })
  })
})

it('a cleanup goes by the settings of its start, not by what a container still remembers', async () => {
  const days: unknown[] = []
  for (const recycleBinDays of [91, 92]) {
    const changed = await crm.send({
      as: 'admin',
      method: 'PATCH',
      path: '/v1/settings',
      body: { retention: { recycleBinDays } },
    })
    expect(changed.status, changed.text).toBe(200)
    days.push(await daysOfDryRun())
  }
  expect(days).toEqual([91, 92])
})

/** The retention that a dry run says it goes by. */
async function daysOfDryRun(): Promise<unknown> {
  const runs = '/v1/maintenance/runs'
  const { json: started } = await crm.send({ as: 'admin', method: 'POST', path: runs, body: { dryRun: true } })
  for (let tries = 0; tries < 1_200; tries++) {
    const { json } = await crm.send({ as: 'admin', method: 'GET', path: `${runs}/${started.id}` })
    if (json.state === 'succeeded') break
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const { json: report } = await crm.send({ as: 'admin', method: 'GET', path: `${runs}/${started.id}/report` })
  const { run } = (await (await fetch(report.url)).json()) as {
    run: { policy: { retention: { recycleBinDays: number } } }
  }
  return run.policy.retention.recycleBinDays
}
