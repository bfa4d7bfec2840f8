import { readFileSync } from 'node:fs'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { type Caller, useCrm } from '../support/crm.ts'
import { ended, importFile, startImport, uploadFile } from '../support/imports.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()
const people = readFileSync(new URL('../data/contacts.zh.csv', import.meta.url), 'utf8')
const firstPeople = (count: number) =>
  people
    .split('\n')
    .slice(0, count + 1)
    .join('\n')
const get = (path: string, as: Caller = 'admin') => crm.send({ as, method: 'GET', path })

describe('an import', () => {
  it('of a GB18030 file brings in what the file says, in Chinese, with a report that adds up', async () => {
    const file = iconv.encode(firstPeople(40), 'gb18030')
    const job = await importFile(crm, { file, fileName: '联系人.csv', start: { onDuplicate: 'create', system: 'old' } })
    expect(job).toMatchObject({ state: 'succeeded', fileName: '联系人.csv', target: 'contacts', progress: 1 })
    expect(job.format.encoding).toMatch(/^gb/i)
    expect(job.counts.created + job.counts.rejected).toBe(40)
    expect(job.report.check).toEqual({ rows: 40, accountedFor: 40, notReached: 0, holds: true })
    expect(job.report.completeness.name).toBe(1)
    const found = await get(`/v1/contacts?limit=200&filter=${encodeURIComponent('record.name == "熊巍智"')}`)
    expect(found.json.items[0]).toMatchObject({
      companyName: '兴安盟十九峰邮政有限责任公司',
      title: '销售经理',
      source: 'fieldSales',
      externalIds: [{ system: 'old', id: 'c001183' }],
    })
    const history = await get(`/v1/contacts/${found.json.items[0].id}/history`)
    expect(history.json.items[0]).toMatchObject({ source: `import/${job.id}`, requestId: `${job.id}/1` })
  })

  it('answers by its contract at every step', async () => {
    const made = await crm.send({ as: 'rep', method: 'POST', path: '/v1/imports', body: { object: 'contacts' } })
    expectContract({ method: 'POST', path: '/v1/imports' }, made)
    expect(made.headers['location']).toBe(`/v1/imports/${made.json.id}`)
    const { url, headers } = made.json.upload
    await fetch(url, { method: 'PUT', headers, body: 'name,email\nAnn,ann@example.com\nBob,bob@@\n' })
    for (const [method, rest, status] of [
      ['POST', '/inspect', 200],
      ['POST', '/start', 202],
    ] as const) {
      const body = rest === '/start' ? { object: 'contacts' } : {}
      const reply = await crm.send({ as: 'rep', method, path: `/v1/imports/${made.json.id}${rest}`, body })
      expect(reply.status, reply.text).toBe(status)
      expectContract({ method, path: `/v1/imports/${made.json.id}${rest}` }, reply)
    }
    await ended(crm, made.json.id, 'rep')
    for (const rest of ['', '/rejects', '/conflicts']) {
      const reply = await get(`/v1/imports/${made.json.id}${rest}`, 'rep')
      expect(reply.status, reply.text).toBe(200)
      expectContract({ method: 'GET', path: `/v1/imports/${made.json.id}${rest}` }, reply)
    }
  })

  it('is inspected before it starts: format, mapping, sample and what is wrong with it', async () => {
    const id = await uploadFile(crm, { file: '姓名;手机;备注\n王芳;13912345678;x\n;123;y\n' })
    const { json } = await crm.send({
      as: 'admin',
      method: 'POST',
      path: `/v1/imports/${id}/inspect`,
      body: { object: 'contacts' },
    })
    expect(json).toMatchObject({
      format: { delimiter: ';', header: ['姓名', '手机', '备注'] },
      mapping: { 姓名: 'name', 手机: 'phones.mobile', 备注: '' },
      sample: [{ row: 1, cells: ['王芳', '13912345678', 'x'] }, { row: 2 }],
      problems: [{ row: 2 }],
    })
  })

  it('rejects bad rows one by one and gives them back with row, columns and reasons', async () => {
    const file = 'name,email,mobile\nGood,good@example.com,13912340001\nBad,not-an-email,13912340002\n,x@example.com,\n'
    const job = await importFile(crm, { file })
    expect(job.counts).toEqual({ rows: 3, created: 1, updated: 0, skipped: 0, rejected: 2 })
    expect(job.report.firstRejects).toMatchObject([
      { row: 2, column: 'email', code: 'invalid_email' },
      { row: 3, column: 'name', code: 'required' },
    ])
    const { text, headers } = await get(`/v1/imports/${job.id}/rejects`)
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    const [header, second, third] = text.replace('\u{feff}', '').split('\r\n')
    expect(header).toBe('row,line,reasons,name,email,mobile')
    expect(second).toMatch(/^2,3,.*email.*,Bad,not-an-email,13912340002$/)
    expect(third).toMatch(/^3,4,.*name is required.*,,x@example.com,$/)
  })

  it('skips, updates or doubles who is there already, as told', async () => {
    const file = 'name,email,mobile,title\n陈建国,jianguo.chen@huaxin.example,13912345001,经理\n'
    const first = await importFile(crm, { file })
    expect(first.counts).toMatchObject({ created: 1 })
    const skipped = await importFile(crm, { file: file.replace('经理', '总监'), start: { onDuplicate: 'skip' } })
    expect(skipped.counts).toMatchObject({ created: 0, skipped: 1 })
    expect(skipped.report.reasons).toEqual({ duplicate: 1 })
    const more = file.replace('经理', '总监').replace('13912345001', '13912345002')
    const updated = await importFile(crm, { file: more, start: { onDuplicate: 'update' } })
    expect(updated.counts).toMatchObject({ created: 0, updated: 1 })
    const again = await importFile(crm, { file: more, start: { onDuplicate: 'update' } })
    expect(again.counts).toMatchObject({ updated: 0, skipped: 1 })
    expect(again.report.reasons).toEqual({ unchanged: 1 })
    const { json } = await get(`/v1/contacts?filter=${encodeURIComponent('record.name == "陈建国"')}`)
    expect(json.items).toHaveLength(1)
    expect(json.items[0].title).toBe('总监')
    expect(json.items[0].phones.map((phone: { value: string }) => phone.value)).toEqual([
      '+8613912345001',
      '+8613912345002',
    ])
    const doubled = await importFile(crm, { file, start: { onDuplicate: 'create' } })
    expect(doubled.counts).toMatchObject({ created: 1, skipped: 0 })
  })

  it('finds rows of one file that are the same person, and never overwrites with an empty cell', async () => {
    const file =
      'name,email,mobile,title\n赵敏,min.zhao@tianhe.example,13712345001,会计\n赵敏,min.zhao@tianhe.example,13712345001,\n'
    const job = await importFile(crm, { file, start: { onDuplicate: 'update' } })
    expect(job.counts).toMatchObject({ created: 1, skipped: 1 })
    const { json } = await get(`/v1/contacts?filter=${encodeURIComponent('record.name == "赵敏"')}`)
    expect(json.items).toMatchObject([{ title: '会计' }])
  })

  it('links contacts to customers by name, by external id and to owners by e-mail', async () => {
    await crm.create('admin', 'customers', {
      name: '上海明辉贸易有限公司',
      externalIds: [{ system: 'erp', id: 'K-77' }],
    })
    const file =
      'name,company,owner\n孙丽,上海明辉贸易有限公司,rep@example.com\n周强,erp:K-77,\n吴刚,不存在的公司,\n郑洁,,nobody@example.com\n'
    const mapping = { name: 'name', company: 'customerId', owner: 'ownerId' }
    const job = await importFile(crm, { file, start: { mapping } })
    expect(job.counts).toMatchObject({ created: 2, rejected: 2 })
    expect(job.report.firstRejects).toMatchObject([
      { row: 3, column: 'company', code: 'invalid_reference' },
      { row: 4, column: 'owner', code: 'invalid_reference' },
    ])
    const { json } = await get(`/v1/contacts?filter=${encodeURIComponent('record.name in ["孙丽","周强"]')}`)
    expect(new Set(json.items.map((item: { customerId: string }) => item.customerId)).size).toBe(1)
  })

  it('tried first as a dry run writes nothing and counts what the real one of the same file then does, across segments too', async () => {
    const row = (i: number) => `Dry ${i},dry.${i}@dry-run.example`
    const rows = Array.from({ length: 520 }, (_, i) => row(i))
    const file = ['name,email', ...rows, ...rows.slice(0, 9), ',x@dry-run.example', 'Bad,bad@'].join('\n')
    const tried = await importFile(crm, { file, start: { dryRun: true } })
    const list = `/v1/contacts?filter=${encodeURIComponent('record.name == "Dry 1"')}`
    expect((await get(list)).json.items).toEqual([])
    const again = await crm.send({ as: 'admin', method: 'POST', path: '/v1/imports', body: { fileOf: tried.id } })
    expect(again.json).toMatchObject({ state: 'ready', fileName: 'people.csv' })
    expect(again.json.upload).toBeUndefined()
    await startImport(crm, again.json.id, { file: '' })
    const done = await ended(crm, again.json.id)
    expect(tried.counts).toEqual(done.counts)
    expect(tried.report).toEqual(done.report)
    expect(done.counts).toEqual({ rows: 531, created: 520, updated: 0, skipped: 9, rejected: 2 })
  }, 180_000)

  it('can be canceled: it stops after what it is writing, and says how far it came', async () => {
    const id = await uploadFile(crm, { file: people })
    await startImport(crm, id, { start: { onDuplicate: 'skip' }, file: '' })
    // The file is in segments, and the first of them is being written.
    const rows = async () => (await get(`/v1/imports/${id}`)).json.counts.rows
    await expect.poll(rows, { timeout: 60_000 }).toBeGreaterThan(0)
    const asked = await crm.send({ as: 'admin', method: 'POST', path: `/v1/imports/${id}/cancel`, body: {} })
    expect(asked.status, asked.text).toBe(202)
    const job = await ended(crm, id)
    expect(job.state).toBe('canceled')
    const { check } = job.report
    expect(check.holds).toBe(true)
    expect(check.notReached).toBeGreaterThan(0)
    expect(check.accountedFor + check.notReached).toBe(check.rows)
  })

  it('started twice runs once', async () => {
    const id = await uploadFile(crm, { file: 'name\n钱小二\n' })
    const [one, two] = await Promise.all([startImport(crm, id, { file: '' }), startImport(crm, id, { file: '' })])
    expect([one.status, two.status]).toEqual([202, 202])
    await ended(crm, id)
    expect((await startImport(crm, id, { file: '' })).status).toBe(202)
    const { json } = await get(`/v1/contacts?filter=${encodeURIComponent('record.name == "钱小二"')}`)
    expect(json.items).toHaveLength(1)
  })
})

describe('who may import', () => {
  it('a rep imports customers, which become theirs, and nobody else sees the import but an admin', async () => {
    const job = await importFile(crm, { as: 'rep', object: 'customers', file: '客户名称\n杭州西溪茶业有限公司\n' })
    expect(job.counts).toMatchObject({ created: 1 })
    const seen = await Promise.all(
      (['rep', 'rep2', 'auditor', 'admin'] as const).map(as => get(`/v1/imports/${job.id}`, as)),
    )
    expect(seen.map(reply => reply.status)).toEqual([200, 404, 404, 200])
    const lists = await Promise.all((['rep', 'rep2', 'admin'] as const).map(as => get('/v1/imports', as)))
    expect(lists.map(({ json }) => json.items.some((item: { id: string }) => item.id === job.id))).toEqual([
      true,
      false,
      true,
    ])
    const { json } = await get(`/v1/customers?owner=me`, 'rep')
    expect(json.items.map((item: { name: string }) => item.name)).toContain('杭州西溪茶业有限公司')
  })

  scenarios(crm, [
    {
      name: 'an auditor, who creates nothing, imports nothing',
      as: 'auditor',
      post: '/v1/imports',
      body: { object: 'customers' },
      status: 404,
      code: 'not_found',
    },
    {
      name: 'a rep maps no column to a field that the role may not set',
      as: 'rep',
      given: async () => ({ id: await uploadFile(crm, { as: 'rep', file: 'name,tier\nX,A\n' }) }),
      post: '/v1/imports/{id}/start',
      body: { object: 'customers' },
      status: 400,
      code: 'field_read_only',
      json: { errors: [{ pointer: '/mapping/tier' }] },
    },
    {
      name: 'nobody writes an import past its own calls',
      as: 'admin',
      post: '/v1/imports/batch',
      body: { operations: [{ op: 'create', record: {} }] },
      status: 200,
      json: { results: [{ status: 404 }] },
    },
    {
      name: 'nobody imports imports',
      as: 'admin',
      post: '/v1/imports',
      body: { object: 'imports' },
      status: 400,
      json: { errors: [{ pointer: '/object', code: 'unknown_object' }] },
    },
    { name: 'nobody without a token', post: '/v1/imports', body: {}, status: 401 },
  ])
})
