import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { unavailable } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readGroup } from '#lib/store/duplicate-items.ts'
import type { Store } from '#lib/store/table.ts'
import { createStore } from '#lib/store/table.ts'
import type { JsonObject } from '#schemas/json.ts'
import { contact } from '#schemas/objects/contact.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { run } from '#schemas/system/run.ts'
import { reportFile, runCleanupWorkflow, runUndoWorkflow, startedRun } from '../support/cleanup-run.ts'
import { email, storeRaw } from '../support/dirty-records.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { clean, recordsOf, runRecord, useCleanup } from '../support/use-cleanup.ts'

type Command = { input: { TransactItems?: { Put?: { Item?: JsonObject } }[] }; constructor: { name: string } }
type Moment = 'before' | 'after'

const { context, tables } = useCleanup()
const policy = tenantPolicy.parse({ cleanup: { mergeCertain: true }, refresh: { enabled: false } })
const merging = (more: Partial<Context> = {}) => context({ policy, ...more })

let person = 0
const stored: string[] = []
beforeEach(() => {
  person += 1
})
afterEach(async () => {
  const left = (await recordsOf(context(), stored)).filter(({ deletedAt }) => deletedAt === undefined)
  for (const { id } of left) await removeRecord(context(), { object: contact, id })
})

/** One person, entered so many times; `other` is another one. */
async function twins(count: number, { other = 0 } = {}): Promise<string[]> {
  const key = `${person}${other}`
  const number = `39${key.padStart(8, '1')}`
  const twin = {
    name: `Wilhelmina Quandt ${key}`,
    companyName: `Quandt ${key} Handels GmbH`,
    emails: [email(`quandt${key}@handel${key}.example.com`)],
    phones: [{ ...email(`+861${number}`), entered: `1${number}` }],
  }
  const ids = await storeRaw(
    context(),
    'contact',
    Array.from({ length: count }, () => twin),
  )
  stored.push(...ids)
  return ids.toSorted()
}

/** A store that says what it is about to send, and what it has sent. */
function told(tell: (moment: Moment, command: Command) => unknown): Store {
  const store = createStore(tables().records)
  const { client } = store.table
  const send = async (command: Command) => {
    await tell('before', command)
    const answer = await client.send(command as never)
    await tell('after', command)
    return answer
  }
  const proxy = new Proxy(client, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) })
  return { ...store, table: { ...store.table, client: proxy } }
}

const isWrite = ({ constructor: { name } }: Command) => /TransactWrite|Update|Put|Delete/.test(name)
const isMerge = ({ input }: Command) => input.TransactItems?.some(({ Put }) => Put?.Item?.['action'] === 'merged')
const cancel = (id: string) => changeJob(context(), { object: run, id }, () => ({ state: 'canceling' }))

const aliveOf = async (ids: readonly string[]) =>
  (await recordsOf(context(), ids)).filter(({ deletedAt }) => deletedAt === undefined).map(({ id }) => id)
const mergedIn = async (files: Files, id: string) =>
  (await reportFile(files, id)).items.flatMap(item => (item.kind === 'merged' ? [item.members] : []))

const cleanupRun = z.object({ state: z.string(), undo: z.object({ unmerged: z.number(), conflicts: z.number() }) })
/** Undoes a run, and says how many merges were taken apart. */
async function undo(files: Files, id: string): Promise<number> {
  await runUndoWorkflow(merging(), files, { id })
  const { state, undo } = cleanupRun.parse(await runRecord(context(), id))
  expect([state, undo.conflicts]).toEqual(['undone', 0])
  return undo.unmerged
}

describe('a cleanup that may merge', () => {
  it.each(
    [1, 2, 3].flatMap((at): [number, Moment][] => [
      [at, 'before'],
      [at, 'after'],
    ]),
  )('and is killed at write %i of merging, %s it takes effect, tells the merge and undoes it', async (at, effect) => {
    const state = { isMerging: false, writes: 0 }
    const store = told((moment, command) => {
      if (!state.isMerging || !isWrite(command)) return
      if (moment === 'before') state.writes += 1
      if (state.writes < at || moment !== effect) return
      state.isMerging = false
      throw new Error('killed')
    })
    const files = memoryFiles({
      onWrite: key => {
        if (key.endsWith('duplicates.ndjson')) state.isMerging = true
      },
    })
    const ids = await twins(3)
    const id = await clean(merging({ store }), files)
    expect(state).toEqual({ isMerging: false, writes: at })
    expect(await mergedIn(files, id)).toEqual([ids])
    expect(await aliveOf(ids)).toHaveLength(1)
    expect(await undo(files, id)).toBe(1)
    expect(await aliveOf(ids)).toEqual(ids)
  })

  it('and cannot finish a large group tells and undoes the part that it merged', async () => {
    const ids = await twins(14)
    const last = ids.at(-1) ?? ''
    const store = told(async (moment, command) => {
      const isFirst = moment === 'after' && isMerge(command) && (await aliveOf([last])).length > 0
      // Somebody is faster, between two transactions of the group.
      if (isFirst) await removeRecord(context(), { object: contact, id: last })
    })
    const files = memoryFiles()
    const id = await clean(merging({ store }), files)
    expect(await mergedIn(files, id)).toEqual([ids.slice(0, 11)])
    expect(await aliveOf(ids)).toHaveLength(3)
    expect(await undo(files, id)).toBe(1)
    expect(await undo(files, id)).toBe(1)
    expect(await aliveOf(ids)).toEqual(ids.slice(0, -1))
  })

  it('and is canceled while it merges stops after the group it is at, and tells what it merged', async () => {
    const groups = [await twins(2), await twins(2, { other: 1 })]
    const id = await startedRun(context())
    let merges = 0
    const store = told(async (moment, command) => {
      if (moment !== 'after' || !isMerge(command)) return
      merges += 1
      await cancel(id)
      throw unavailable('killed')
    })
    const files = memoryFiles()
    await runCleanupWorkflow(merging({ store }), files, { id })
    expect(merges).toBe(1)
    expect(await runRecord(context(), id)).toMatchObject({ state: 'canceled', report: { duplicates: { merged: 1 } } })
    expect(await aliveOf(groups.flat())).toHaveLength(3)
    expect(await undo(files, id)).toBe(1)
    expect(await aliveOf(groups.flat())).toHaveLength(4)
  })

  it('and fails to the end while it merges tells what it merged, and undoes it', async () => {
    const groups = [await twins(2), await twins(2, { other: 1 })]
    const store = told(async (moment, command) => {
      const isSecond = moment === 'before' && isMerge(command) && (await aliveOf(groups.flat())).length < 4
      if (isSecond) throw unavailable('The table does not answer.')
    })
    const files = memoryFiles()
    const id = await startedRun(context())
    const { error } = await runCleanupWorkflow(merging({ store }), files, { id })
    expect(error).toBe('CleanupFailed')
    expect(await runRecord(context(), id)).toMatchObject({ state: 'failed', report: { duplicates: { merged: 1 } } })
    expect(await undo(files, id)).toBe(1)
    expect(await aliveOf(groups.flat())).toHaveLength(4)
  })
})

describe('groups among the records that changed since the run before', () => {
  it('are those that are stored, also with records that did not change', async () => {
    const before = await twins(2)
    await clean(context(), memoryFiles())
    const ids = [...before, ...(await twins(1))].toSorted()
    const files = memoryFiles()
    const dry = await clean(merging(), files, { dryRun: true })
    const id = await clean(context(), files)
    const { items, report } = await reportFile(files, id)
    const groups = items.filter(({ kind }) => kind === 'duplicates')
    expect(groups).toMatchObject([{ members: ids, verdict: 'merge' }])
    expect(report.duplicates).toMatchObject({ compared: 1, groups: 1, merged: 0 })
    expect(await readGroup(context().store, groups[0]?.id ?? '')).toMatchObject({ status: 'open', verdict: 'merge' })
    expect(await mergedIn(files, dry)).toEqual([ids])
  })

  it('leave out what a changed record is no longer like', async () => {
    const [left = '', ...others] = await twins(3)
    await clean(context(), memoryFiles())
    const patch = { name: 'Ottokar', companyName: null, emails: null, phones: null }
    await updateRecord(context({ source: 'api' }), { object: contact, id: left, patch })
    const ids = [...others, ...(await twins(1))].toSorted()
    const files = memoryFiles()
    const id = await clean(context(), files)
    const groups = (await reportFile(files, id)).items.filter(({ kind }) => kind === 'duplicates')
    expect(groups).toMatchObject([{ members: ids }])
  })
})
