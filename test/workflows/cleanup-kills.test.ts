import { describe, expect, it } from 'vitest'
import { createStore } from '#lib/store/table.ts'
import { runCleanupWorkflow, runUndoWorkflow, startedRun } from '../support/cleanup-run.ts'
import { cleanCustomers, dirtyCustomers, storeRaw } from '../support/dirty-records.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { clean, fieldsOf, itemsOf, useCleanup, versionsOf } from '../support/use-cleanup.ts'

const { context, tables } = useCleanup()

describe('a cleanup that is killed', () => {
  /** What a run over fresh records comes to when it is never killed. */
  const expected = (word: string) => ({
    fields: cleanCustomers(word, 40),
    versions: Array.from({ length: 40 }, () => 2),
  })

  /** The store of a process that dies once, at its n-th write, before or after the write took effect. */
  const dying = (at: number, effect: 'before' | 'after') => {
    let writes = 0
    const store = createStore(tables().records)
    const { client } = store.table
    const send = async (command: Parameters<typeof client.send>[0]) => {
      const isWrite = /TransactWrite|Update|Put|Delete/.test(command.constructor.name)
      const dies = isWrite && ++writes === at
      if (dies && effect === 'before') throw new Error('killed')
      const answer = await client.send(command)
      if (dies) throw new Error('killed')
      return answer
    }
    const proxy = new Proxy(client, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) })
    return { store: { ...store, table: { ...store.table, client: proxy } }, died: () => writes >= at }
  }

  it.each(
    [1, 2, 3, 4, 5].flatMap(
      at =>
        [
          [at, 'before'],
          [at, 'after'],
        ] as [number, 'before' | 'after'][],
    ),
  )('at write %i to the table, %s it takes effect, comes to the same', async (at, effect) => {
    const files = memoryFiles()
    const word = `Kill${at}${effect}`
    const ids = await storeRaw(context(), 'customer', dirtyCustomers(word, 40))
    const id = await startedRun(context())
    const { store, died } = dying(at, effect)
    const { error } = await runCleanupWorkflow(context({ store }), files, { id })
    expect(died()).toBe(true)
    expect(error).toBeUndefined()
    expect({ fields: await fieldsOf(context(), ids), versions: await versionsOf(context(), ids) }).toEqual(
      expected(word),
    )
    const fixed = (await itemsOf(files, id, ids)).filter(({ kind }) => kind === 'fixed')
    expect(fixed.map(item => item.id).toSorted()).toEqual(ids.toSorted())
  })

  it.each([
    'plan.json',
    '/intents/',
    '/results/',
    'duplicates.ndjson',
    '/purges/',
    '/purged/',
    'report.json',
    'report.csv',
  ])('at the writing of %s comes to the same', async place => {
    const word = `File${place.replaceAll(/[^a-z]/g, '')}`
    let deaths = 0
    const files = memoryFiles({
      onWrite: key => {
        if (key.includes(place) && deaths++ === 0) throw new Error('killed')
      },
    })
    const ids = await storeRaw(context(), 'customer', dirtyCustomers(word, 40))
    const id = await clean(context(), files)
    expect(deaths).toBeGreaterThan(0)
    expect({ fields: await fieldsOf(context(), ids), versions: await versionsOf(context(), ids) }).toEqual(
      expected(word),
    )
    expect((await itemsOf(files, id, ids)).filter(({ kind }) => kind === 'fixed')).toHaveLength(40)
  })
})

describe('two cleanups at once', () => {
  it('touch no record twice, fix all, and can both be undone', async () => {
    const ctx = context()
    const raw = dirtyCustomers('Race', 60)
    const ids = await storeRaw(ctx, 'customer', raw)
    const files = [memoryFiles(), memoryFiles()] as const
    const runs = await Promise.all(files.map(own => clean(context(), own)))
    expect(await fieldsOf(ctx, ids)).toEqual(cleanCustomers('Race', 60))
    expect(new Set(await versionsOf(ctx, ids))).toEqual(new Set([2]))
    const items = await Promise.all(files.map((own, i) => itemsOf(own, runs[i] ?? '', ids)))
    const fixed = items.flat().filter(({ kind }) => kind === 'fixed')
    expect(fixed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    for (const [i, own] of files.entries()) await runUndoWorkflow(ctx, own, { id: runs[i] ?? '' })
    expect(await fieldsOf(ctx, ids)).toEqual(raw)
    await clean(ctx, memoryFiles())
  })

  it('of the same run, as a step that was believed dead, come to one', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers('Zombie', 60))
    const id = await startedRun(ctx)
    await Promise.all([runCleanupWorkflow(context(), files, { id }), runCleanupWorkflow(context(), files, { id })])
    expect(new Set(await versionsOf(ctx, ids))).toEqual(new Set([2]))
    expect((await itemsOf(files, id, ids)).filter(({ kind }) => kind === 'fixed')).toHaveLength(60)
  })
})
