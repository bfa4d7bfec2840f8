import { setTimeout as sleep } from 'node:timers/promises'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { type Caller, type Reply, useCrm } from '../support/crm.ts'
import { importFile, undoImport } from '../support/imports.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

async function exportAll(as: Caller, body: object): Promise<{ job: Reply['json']; bytes: Buffer }> {
  const asked = await crm.send({ as, method: 'POST', path: '/v1/exports', body })
  expect(asked.status, asked.text).toBe(202)
  expectContract({ method: 'POST', path: '/v1/exports' }, asked)
  for (let tries = 0; tries < 600; tries++) {
    const path = `/v1/exports/${asked.json.id}`
    const reply = await crm.send({ as, method: 'GET', path })
    expectContract({ method: 'GET', path }, reply)
    expect(reply.json.state, JSON.stringify(reply.json.problem)).not.toBe('failed')
    if (reply.json.state === 'succeeded') {
      const answer = await fetch(reply.json.download.url)
      return { job: reply.json, bytes: Buffer.from(await answer.arrayBuffer()) }
    }
    await sleep(50)
  }
  throw new Error('The export does not end')
}

const people = [
  {
    name: '黄海燕',
    companyName: '青岛海信贸易有限公司',
    title: '=1+2',
    emails: [
      { value: 'haiyan@qd.example', label: 'work' },
      { value: 'hy@home.example', label: 'home' },
    ],
    phones: [{ value: '13912346001', label: 'mobile' }],
    handles: [{ service: 'wechat', value: 'haiyan_h' }],
    address: { province: '山东省', city: '青岛市', street: '香港中路 10 号' },
    birthday: '1988-02-29',
    tags: ['vip', '老客户'],
    externalIds: [{ system: 'erp', id: 'K-9' }],
  },
  { name: '-Minus "quoted"', phones: [{ value: '+442079460018' }], title: 'line, comma' },
]
const fieldsOf = ({
  id: _i,
  version: _v,
  createdAt: _c,
  updatedAt: _u,
  createdBy: _b,
  updatedBy: _w,
  ...rest
}: Reply['json']) => rest
const listed = async () => {
  const { json } = await crm.send({ as: 'admin', method: 'GET', path: '/v1/contacts?limit=200&sort=updatedAt' })
  // Records written in the same millisecond come in no order of the file's.
  json.items.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1))
  // A file keeps numbers in E.164, not as they were typed.
  return JSON.parse(JSON.stringify(json.items.map(fieldsOf), (key, value) => (key === 'entered' ? undefined : value)))
}

describe('an export', () => {
  it('imported elsewhere gives the same records', async () => {
    for (const person of people) await crm.create('admin', 'contacts', person)
    const before = await listed()
    const { job, bytes } = await exportAll('admin', { object: 'contacts', encoding: 'utf-8-bom' })
    expect(job.counts).toEqual({ rows: people.length })
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const ids = (await crm.send({ as: 'admin', method: 'GET', path: '/v1/contacts' })).json.items
    for (const { id } of ids) await crm.send({ as: 'admin', method: 'DELETE', path: `/v1/contacts/${id}` })
    const back = await importFile(crm, { file: bytes, start: { onDuplicate: 'create' } })
    expect(back.counts, JSON.stringify(back.report)).toMatchObject({ created: people.length, rejected: 0 })
    expect(await listed()).toEqual(before)
    expect(back.mapping['externalIds.erp']).toBe('externalIds.erp')
    await undoImport(crm, back.id)
    expect(await listed()).toEqual([])
    for (const person of people) await crm.create('admin', 'contacts', person)
  })

  it('starts no formula in a spreadsheet', async () => {
    const { bytes } = await exportAll('admin', { object: 'contacts', fields: ['name', 'title', 'phones'] })
    const [header, ...rows] = bytes.toString().trimEnd().split('\r\n')
    expect(header).toMatch(/^id,name,title,/)
    for (const cell of rows.flatMap(row => row.split(','))) expect(cell).not.toMatch(/^"?([=@-]|\+(?!\d{6,15}$))/)
  })

  it('is written in GB18030 for who needs it, and as JSON lines', async () => {
    const gb = await exportAll('admin', { object: 'contacts', encoding: 'gb18030', filter: 'record.name == "黄海燕"' })
    expect(iconv.decode(gb.bytes, 'gb18030')).toContain('青岛海信贸易有限公司')
    const lines = await exportAll('admin', { object: 'contacts', format: 'ndjson', fields: ['name'] })
    const records = lines.bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(records).toHaveLength(people.length)
    expect(Object.keys(records[0]).toSorted()).toEqual(['id', 'name', 'object', 'version'])
  })

  it('shows each caller what they may see: own records, masked and hidden fields', async () => {
    await crm.create('rep', 'contacts', { name: 'Rep’s own', birthday: '1990-01-01' })
    const rep = await exportAll('rep', { object: 'contacts', format: 'ndjson' })
    expect(rep.job.counts.rows).toBe(1)
    const auditor = await exportAll('auditor', { object: 'contacts', format: 'ndjson' })
    const seen = auditor.bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(seen.length).toBe(people.length + 1)
    const masked = seen.find(({ name }) => name === '黄海燕')
    expect(masked.emails.map((email: { value: string }) => email.value)).toEqual([
      'h***@qd.example',
      'h***@home.example',
    ])
    expect(masked).not.toHaveProperty('handles')
    const other = await crm.send({ as: 'rep2', method: 'GET', path: `/v1/exports/${rep.job.id}` })
    expect(other.status).toBe(404)
  })

  scenarios(crm, [
    {
      name: 'of no object is refused',
      as: 'admin',
      post: '/v1/exports',
      body: { object: 'ghosts' },
      status: 400,
      json: { errors: [{ pointer: '/object' }] },
    },
    {
      name: 'with a filter that cannot be used is refused',
      as: 'admin',
      post: '/v1/exports',
      body: { object: 'contacts', filter: 'record.nothing == 1' },
      status: 400,
      code: 'invalid_filter',
    },
    {
      name: 'of a field that does not exist is refused',
      as: 'admin',
      post: '/v1/exports',
      body: { object: 'contacts', fields: ['hobby'] },
      status: 400,
      code: 'unknown_field',
    },
  ])
})
