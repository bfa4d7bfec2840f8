import { describe, expect, it } from 'vitest'
import { type Caller, type Reply, useCrm } from '../support/crm.ts'
import { importFile, undoImport, uploadFile } from '../support/imports.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()
const get = (path: string, as: Caller = 'admin') => crm.send({ as, method: 'GET', path })
const named = async (name: string) => {
  const { json } = await get(`/v1/contacts?filter=${encodeURIComponent(`record.name == ${JSON.stringify(name)}`)}`)
  return json.items as Reply['json'][]
}
const plain = ({ version: _v, updatedAt: _a, updatedBy: _b, ...rest }: Reply['json']) => rest

describe('undoing an import', () => {
  it('deletes what it created and gives back what it changed, byte for byte', async () => {
    const there = { name: '何平', emails: [{ value: 'ping.he@yuanda.example' }], title: '主管', tags: ['vip'] }
    await crm.create('admin', 'contacts', there)
    const [before] = await named('何平')
    const file = 'name,email,title,tags\n何平,ping.he@yuanda.example,经理,老客户\n何静,jing.he@yuanda.example,,\n'
    const job = await importFile(crm, { file, start: { onDuplicate: 'update' } })
    expect(job.counts).toMatchObject({ created: 1, updated: 1 })
    expect((await named('何平'))[0]).toMatchObject({ title: '经理', tags: ['vip', '老客户'] })
    const undone = await undoImport(crm, job.id)
    expect(undone).toMatchObject({ state: 'undone', undo: { removed: 1, reverted: 1, conflicts: 0 } })
    expect(await named('何静')).toEqual([])
    expect((await named('何平')).map(plain)).toEqual([plain(before)])
    const history = await get(`/v1/contacts/${before.id}/history`)
    expect(history.json.items[0]).toMatchObject({ action: 'reverted', source: `import/${job.id}/undo` })
  })

  it('leaves what was changed since, and lists it', async () => {
    const rows = Array.from({ length: 5 }, (_, i) => `林${i}号,lin.${i}@undo.example`)
    const job = await importFile(crm, { file: ['name,email', ...rows].join('\n') })
    const [touched] = await named('林1号')
    const [gone] = await named('林2号')
    await crm.send({ as: 'admin', method: 'PATCH', path: `/v1/contacts/${touched.id}`, body: { title: '新职务' } })
    await crm.send({ as: 'admin', method: 'DELETE', path: `/v1/contacts/${gone.id}` })
    const undone = await undoImport(crm, job.id)
    expect(undone.undo).toEqual({ removed: 3, reverted: 0, conflicts: 1 })
    const conflicts = await get(`/v1/imports/${job.id}/conflicts?limit=1`)
    expect(conflicts.json).toMatchObject({ items: [{ row: 2, id: touched.id, code: 'changed_since' }] })
    expect(await named('林1号')).toMatchObject([{ title: '新职务' }])
    expect(await named('林3号')).toEqual([])
  })

  it('of an import by a rep, who may delete no customer, works: it was theirs', async () => {
    const job = await importFile(crm, { as: 'rep', object: 'customers', file: '客户名称\n宁波海蓝渔业有限公司\n' })
    expect(job.counts.created).toBe(1)
    expect((await undoImport(crm, job.id, 'rep')).undo).toEqual({ removed: 1, reverted: 0, conflicts: 0 })
  })

  scenarios(crm, [
    {
      name: 'that has not run is refused',
      as: 'admin',
      given: async () => ({ id: await uploadFile(crm, { file: 'name\nA\n' }) }),
      post: '/v1/imports/{id}/undo',
      body: {},
      status: 400,
      json: { errors: [{ code: 'invalid_state' }] },
    },
    {
      name: 'that was a dry run is refused',
      as: 'admin',
      given: async () => ({ id: (await importFile(crm, { file: 'name\nA\n', start: { dryRun: true } })).id }),
      post: '/v1/imports/{id}/undo',
      body: {},
      status: 400,
      json: { errors: [{ code: 'invalid_state' }] },
    },
    {
      name: 'of somebody else is as if it did not exist',
      as: 'rep2',
      given: async () => ({ id: (await importFile(crm, { as: 'rep', file: 'name\nA\n' })).id }),
      post: '/v1/imports/{id}/undo',
      body: {},
      status: 404,
      code: 'not_found',
    },
  ])
})
