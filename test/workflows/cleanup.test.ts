import { describe, expect, it } from 'vitest'
import { evaluateLane } from '#lib/cleanup/evaluate-lane.ts'
import { planRun } from '#lib/cleanup/plan-run.ts'
import { reportRun } from '#lib/cleanup/report-run.ts'
import { unavailable } from '#lib/errors.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readChanges } from '#lib/store/history.ts'
import { readRecord } from '#lib/store/read.ts'
import { customer } from '#schemas/objects/customer.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { reportFile, runCleanupWorkflow, runUndoWorkflow, startedRun } from '../support/cleanup-run.ts'
import { cleanCustomers, dirtyCustomers, email, storeRaw } from '../support/dirty-records.ts'
import { memoryFiles } from '../support/memory-files.ts'
import {
  clean,
  fieldsOf,
  itemsOf,
  quietPolicy,
  recordsOf,
  runRecord,
  useCleanup,
  versionsOf,
} from '../support/use-cleanup.ts'

const { context, tables } = useCleanup()

describe('a cleanup', () => {
  it('fixes what is safe, as changes of its own, and leaves clean records alone', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const dirty = await storeRaw(ctx, 'customer', dirtyCustomers('Plain', 3))
    const spotless = await storeRaw(ctx, 'customer', cleanCustomers('Spotless', 2))
    const id = await clean(ctx, files)
    expect(await fieldsOf(ctx, dirty)).toEqual(cleanCustomers('Plain', 3))
    expect(await versionsOf(ctx, [...dirty, ...spotless])).toEqual([2, 2, 2, 1, 1])
    const { changes } = await readChanges(ctx.store, dirty[0] ?? '', { limit: 5 })
    expect(changes[0]).toMatchObject({ source: `cleanup/${id}`, action: 'updated', actorId: 'system' })
    expect(await runRecord(ctx, id)).toMatchObject({
      state: 'succeeded',
      report: { counts: { fixed: 3, skipped: 0, poisoned: 0 }, fixesByKind: { trim: 6, emailCase: 3, urlScheme: 3 } },
    })
    const [csv] = files.keys().filter(key => key.endsWith('report.csv'))
    expect(await files.readText(csv ?? '')).toContain(`fixed,customer,${dirty[0]},1,name,trim,"  Plain 0 ",Plain 0,,`)
  })

  it('has nothing to do the second time, and writes to no record', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers('Twice', 2))
    await clean(ctx, files)
    const before = await recordsOf(ctx, ids)
    const again = await clean(ctx, files)
    expect(await recordsOf(ctx, ids)).toEqual(before)
    expect((await itemsOf(files, again, ids)).filter(({ kind }) => kind === 'fixed')).toEqual([])
    expect(files.keys().filter(key => key.startsWith(`cleanup/${again}/intents/`))).toEqual([])
  })

  it('tells in a dry run, item for item, what the real run does, and changes nothing', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const ids = await storeRaw(ctx, 'customer', [
      ...dirtyCustomers('Trial', 4),
      { name: 'Trial broken', emails: [email('nobody@')], ownerId: 'user_01h00000000000000000000000' },
      ...cleanCustomers('Trialtwin', 1),
      ...cleanCustomers('Trialtwin', 1),
    ])
    const before = await recordsOf(ctx, ids)
    const dry = await clean(ctx, files, { dryRun: true })
    expect(await recordsOf(ctx, ids)).toEqual(before)
    const real = await clean(ctx, files)
    const [told, done] = [await reportFile(files, dry), await reportFile(files, real)]
    expect(told.items).toEqual(done.items)
    expect(told.report).toEqual(done.report)
    const kinds = new Set(told.items.map(({ kind }) => kind))
    expect(kinds).toEqual(new Set(['fixed', 'finding', 'duplicates']))
  })

  it('notes what surroundings tell without a new version, and writes it once', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const [id = ''] = await storeRaw(ctx, 'contact', [
      { name: 'Lost Soul', customerId: 'cust_01h00000000000000000000000' },
    ])
    await clean(ctx, files)
    const noted = await readRecord(ctx.store, id)
    expect(noted).toMatchObject({ version: 1, checked: { orphan: true } })
    await clean(ctx, files)
    expect(await readRecord(ctx.store, id)).toEqual(noted)
  })

  it('passes over a poisoned record, and tells it', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const [bad = '', ...good] = await storeRaw(ctx, 'customer', dirtyCustomers('Poison', 3))
    await tables().call('UpdateItem', {
      TableName: 'Records',
      Key: { pk: { S: `R#${bad}` }, sk: { S: 'A' } },
      UpdateExpression: 'SET #fields = :none',
      ExpressionAttributeNames: { '#fields': 'fields' },
      ExpressionAttributeValues: { ':none': { NULL: true } },
    })
    const id = await clean(ctx, files)
    expect(await fieldsOf(ctx, good)).toEqual(cleanCustomers('Poison', 3).slice(1))
    expect(await itemsOf(files, id, [bad])).toEqual([
      { kind: 'poisoned', object: 'customer', id: bad, version: 1, detail: expect.any(String) },
    ])
    expect((await reportFile(files, id)).report.counts.poisoned).toBe(1)
    await tables().call('DeleteItem', { TableName: 'Records', Key: { pk: { S: `R#${bad}` }, sk: { S: 'A' } } })
  })

  it('leaves a record alone that somebody changed meanwhile, and tells it', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const [id = '', other = ''] = await storeRaw(ctx, 'customer', dirtyCustomers('Busy', 2))
    const person = context({ source: 'api' })
    const patched: Files = {
      ...files,
      writeNew: async (key, body) => {
        if (key.includes('/intents/')) await updateRecord(person, { object: customer, id, patch: { name: 'Mine' } })
        return files.writeNew(key, body)
      },
    }
    const runId = await clean(ctx, patched)
    expect((await fieldsOf(ctx, [id]))[0]).toMatchObject({ name: 'Mine' })
    expect(await fieldsOf(ctx, [other])).toEqual(cleanCustomers('Busy', 2).slice(1))
    expect((await itemsOf(files, runId, [id]))[0]).toMatchObject({ kind: 'skipped', code: 'changed_meanwhile' })
    expect((await reportFile(files, runId)).report.counts).toMatchObject({ fixed: 1, skipped: 1 })
    await clean(ctx, files)
  })

  it('refuses a fix that would break an entry standard, in a dry run too', async () => {
    const standards = { customer: { name: { allowed: [' Kept as is '] } } }
    const [ctx, files] = [context({ policy: { ...quietPolicy, standards } }), memoryFiles()]
    const [id = ''] = await storeRaw(ctx, 'customer', [{ name: ' Kept as is ' }])
    for (const dryRun of [true, false]) {
      const runId = await clean(ctx, files, { dryRun })
      expect((await itemsOf(files, runId, [id]))[0]).toMatchObject({ kind: 'refused', code: 'not_allowed' })
    }
    expect(await fieldsOf(ctx, [id])).toEqual([{ name: ' Kept as is ' }])
    await clean(context(), files)
  })
})

describe('a lane of several segments', () => {
  const segmentSize = 7

  it.each([
    ['never', 0],
    ['at every fifth file', 6],
  ])('killed %s comes to one report of all records in order', async (when, times) => {
    const ctx = context()
    const word = `Lane${when.length}`
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers(word, 30))
    const trial = memoryFiles()
    const dry = await startedRun(ctx, { dryRun: true })
    await runCleanupWorkflow(ctx, trial, { id: dry, segmentSize })
    let written = 0
    const deaths = new Set<string>()
    const files = memoryFiles({
      onWrite: key => {
        // A step is tried 9 times in all.
        if (deaths.size === times || deaths.has(key) || ++written % 5 > 0) return
        deaths.add(key)
        throw unavailable('killed')
      },
    })
    const id = await startedRun(ctx)
    expect((await runCleanupWorkflow(ctx, files, { id, segmentSize })).error).toBeUndefined()
    expect((await reportFile(files, id)).items).toEqual((await reportFile(trial, dry)).items)
    expect((await reportFile(files, id)).report).toEqual((await reportFile(trial, dry)).report)
    expect(new Set(await versionsOf(ctx, ids))).toEqual(new Set([2]))
    expect(files.keys().filter(key => key.includes('/results/customer')).length).toBeGreaterThan(4)
    expect(deaths.size).toBe(times)
  })

  it('is called again when a step has no time left, and goes on where it was', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers('Slow', 20))
    const id = await startedRun(ctx)
    const { lanes } = await planRun(ctx, files, { runId: id })
    for (const { runId, ...lane } of lanes) {
      const step = () => evaluateLane(ctx, files, { runId, lane, segmentSize, remainingMs: () => 0 })
      while (!(await step()).done) expect(files.keys().length).toBeLessThan(1_000)
    }
    await reportRun(ctx, files, { runId: id })
    expect(await fieldsOf(ctx, ids)).toEqual(cleanCustomers('Slow', 20))
    expect((await itemsOf(files, id, ids)).filter(({ kind }) => kind === 'fixed')).toHaveLength(20)
  })
})

describe('a cleanup that may merge', () => {
  it('merges what is beyond doubt, tells it in the dry run, and takes it apart when undone', async () => {
    const merging = tenantPolicy.parse({ cleanup: { mergeCertain: true }, refresh: { enabled: false } })
    const [ctx, files] = [context({ policy: merging }), memoryFiles()]
    const twin = {
      name: '王小明',
      companyName: '上海长青七贸易有限公司',
      emails: [email('wang7@evergreen7.example.com')],
      phones: [{ ...email('+8613912341007'), entered: '13912341007' }],
    }
    const ids = await storeRaw(ctx, 'contact', [twin, { ...twin, title: '经理' }])
    const dry = await clean(ctx, files, { dryRun: true })
    const real = await clean(ctx, files)
    expect((await reportFile(files, real)).items).toEqual((await reportFile(files, dry)).items)
    expect((await reportFile(files, real)).report.duplicates.merged).toBe(1)
    expect((await recordsOf(ctx, ids)).filter(({ mergedInto }) => mergedInto)).toHaveLength(1)
    await runUndoWorkflow(ctx, files, { id: real })
    expect((await recordsOf(ctx, ids)).filter(({ deletedAt }) => deletedAt)).toEqual([])
    expect(await runRecord(ctx, real)).toMatchObject({ undo: { unmerged: 1, conflicts: 0 } })
  })
})
