import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeEndpoints } from '#infra/local/endpoints-file.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { searchRecords } from '#lib/search/search-records.ts'
import { createStore } from '#lib/store/table.ts'
import { scratchRoot } from '../../support/scratch.ts'
import { objectNamed, startTables, systemContext, type Tables, testTenant } from '../../support/table.ts'

const script = join(import.meta.dirname, '../../../infra/local/reindex.ts')
const folder = mkdtempSync(join(scratchRoot, 'evergreen-reindex-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function reindex() {
  const env = { PATH: process.env['PATH'], EVERGREEN_DATA: folder }
  return spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
}

describe('npm run reindex', () => {
  let tables: Tables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables.stop())

  it('says what to do when nothing runs', () => {
    const { status, stderr } = reindex()
    expect([status, stderr]).toEqual([1, `Nothing runs on ${folder}: npm start\n`])
  })

  it('indexes all records of the running stack and tells how many', async () => {
    const ctx = systemContext(tables, { tenant: { ...testTenant, listShards: 1 } })
    for (const name of ['华星贸易', 'Evergreen'])
      await createRecord(ctx, { object: objectNamed('customer'), input: { name } })
    writeEndpoints(folder, {
      pid: process.pid,
      url: 'http://127.0.0.1:1',
      admin: { url: 'http://127.0.0.1:1', secret: 'none' },
      endpoints: { dynamodb: tables.url },
      tables: ['Records', 'Search'],
    })
    const { status, stdout, stderr } = reindex()
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/Done in [\d.]+ s: 2 records indexed, 0 items that led nowhere removed\.\n$/)
    const { items } = await searchRecords(ctx, createStore(tables.search), { q: 'hxmy', limit: 5 })
    expect(items.map(({ title }) => title)).toEqual(['华星贸易'])
  })
})
