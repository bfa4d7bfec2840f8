import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFile } from '#infra/local/dynamodb/process.ts'
import { runExport } from '#infra/local/dynamodb/transfers/export-job.ts'
import { differencesFrom, startWriting } from './journal.ts'
import { bucket, exported, type Ground, itemsOf, region, startGround, table } from './support.ts'

const perSecond = 200
const groups = 50

let ground: Ground

beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.stop())

describe('an export during 200 writes a second', () => {
  it('is the table as the journal of acknowledged writes says it was, five times of five', async () => {
    const writing = startWriting(ground, { name: 'now', groups, perSecond })
    await sleep(1000)
    const exports = []
    for (let i = 0; i < 5; i++) exports.push(await exported(ground))
    await sleep(200)
    const journal = await writing.stop()
    for (const description of exports) {
      const state = await itemsOf(ground, description)
      expect(state.size).toBe(groups * 3)
      expect(differencesFrom(journal, state, Date.parse(description.ExportTime))).toEqual([])
    }
    expect(journal.length).toBeGreaterThan(perSecond)
  })

  it('of a time in the past is that of the known moment which its ExportTime names', async () => {
    const writing = startWriting(ground, { name: 'past', groups, perSecond })
    await sleep(1500)
    const asked = Date.now() - 700
    const description = await exported(ground, { ExportTime: asked / 1000 })
    const journal = await writing.stop()
    const at = Date.parse(description.ExportTime)
    expect(at).toBeLessThanOrEqual(asked)
    expect(at).toBeGreaterThan(asked - 300)
    const state = await itemsOf(ground, description)
    expect(differencesFrom(journal, state, at)).toEqual([])
  })

  it('that took nothing back (a planted fault) is told by the same comparison', async () => {
    const writing = startWriting(ground, { name: 'planted', groups, perSecond })
    await sleep(500)
    const at = Date.now()
    await sleep(300)
    const result = await runExport({
      kind: 'export',
      engineFile: dataFile(ground.directory),
      table: table.name,
      source: { position: Number.MAX_SAFE_INTEGER },
      s3: { endpoint: ground.s3.url, region, principal: 'local' },
      bucket,
      encryption: {},
      prefix: 'planted/',
      exportId: '1-1',
      summary: {},
    })
    const journal = await writing.stop()
    expect(differencesFrom(journal, await itemsOf(ground, result), at).length).toBeGreaterThan(10)
  })
})
