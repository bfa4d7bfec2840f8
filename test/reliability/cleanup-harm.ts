import { isDeepStrictEqual } from 'node:util'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { Files } from '#lib/runtime/files.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { objectNamed, systemContext, type Tables, testTenant } from '../support/table.ts'
import { type Bug, bugs, puts } from './cleanup-bugs.ts'
import { type DeathWish, deathsAt } from './cleanup-deaths.ts'
import { inWorld, itemDifferences, oneRun, oneUndo } from './cleanup-ended.ts'
import type { Unbroken } from './cleanup-proofs.ts'
import { fieldDifferences, readState, recordsIn } from './cleanup-state.ts'
import { storeRecords } from './cleanup-store.ts'
import { openTasks, type Proof } from './cleanup-truth.ts'
import { cleanupTime, type Template } from './cleanup-world.ts'

/** Undoing that is killed at every step and started again gives back everything. */
export async function proveUndoKilled(
  template: Template,
  { unbroken, wish }: { unbroken: Unbroken; wish: DeathWish },
): Promise<Proof[]> {
  return inWorld(template, async tables => {
    const files = memoryFiles()
    const { id } = await oneRun(tables, files, {})
    const deaths = deathsAt(wish, unbroken.undoWrites)
    for (let died = -1; died < deaths.places.length; ) {
      died = deaths.places.length
      await oneUndo(tables, files, { id, deaths })
    }
    const state = await readState(tables)
    const records = recordsIn(state)
    return [
      {
        promise: `undoing, the ${wish.victim} killed ${wish.moment} the work of every step: every value is back`,
        of: `${deaths.places.length} kills (${deaths.places.join(', ')}), ${template.made.records.length} records`,
        wrong: [
          ...fieldDifferences(template.made, records, record => record.fields),
          ...[...openTasks(state).keys()].map(about => `${about} still has a task`),
          ...(records.get(id)?.fields['state'] === 'undone' ? [] : [`the run is ${records.get(id)?.fields['state']}`]),
        ],
      },
    ]
  })
}

/** What a person changes while a cleanup is at it stays as they left it, and the run says so and goes on. */
export async function proveMeanwhile(
  template: Template,
  { unbroken, bug = bugs.none }: { unbroken: Unbroken; bug?: Bug },
): Promise<Proof[]> {
  return inWorld(template, async tables => {
    const touched = new Set<string>()
    // Twice: when it is settled what is to be done, and at the last moment before it is.
    const touch = async (id: string, most: number) => {
      if (touched.size >= most || touched.has(id)) return
      touched.add(id)
      await changeByPerson(tables, id)
    }
    const files = interrupted(memoryFiles(), id => touch(id, 2))
    const command = async (input: object) => {
      for (const { Item = {} } of puts(input))
        if (Item['sk'] === 'A' && template.made.truth.has(String(Item['id']))) await touch(String(Item['id']), 4)
      await bug.command?.(input)
    }
    const { items } = await oneRun(tables, files, { bug: { ...bug, command } })
    const records = recordsIn(await readState(tables))
    const others = (all: Unbroken['items']) => all.filter(({ id, kind }) => !(touched.has(id) && kind !== 'finding'))
    const skipped = new Set(items.flatMap(item => (item.kind === 'skipped' ? [item.id] : [])))
    return [
      {
        promise: 'what a person changes meanwhile stays, and is told as skipped',
        of: `${touched.size} records`,
        wrong: [...touched].flatMap(id => {
          const tags = records.get(id)?.fields['tags']
          return skipped.has(id) && isDeepStrictEqual(tags, ['by hand']) ? [] : [`${id}: ${JSON.stringify(tags)}`]
        }),
      },
      {
        promise: 'the run goes on with all the others',
        of: `${unbroken.items.length} items`,
        wrong: itemDifferences(
          others(unbroken.items).filter(({ kind }) => kind === 'fixed'),
          others(items).filter(({ kind }) => kind === 'fixed'),
        ),
      },
    ]
  })
}

/** Records that no version of the product could have stored stop nothing. */
export async function provePoisoned(template: Template, { unbroken }: { unbroken: Unbroken }): Promise<Proof[]> {
  return inWorld(template, async tables => {
    const ids = await storePoison(tables)
    const run = await oneRun(tables, memoryFiles(), {})
    const records = recordsIn(await readState(tables))
    const state = records.get(run.id)?.fields['state']
    const told = new Set(run.items.flatMap(({ id }) => (ids.has(id) ? [id] : []))).size
    const ofOthers = run.items.filter(({ id, kind }) => !ids.has(id) && kind !== 'duplicates')
    return [
      {
        promise: 'records that cannot be read stop nothing: the others come to the same',
        of: `${ids.size} poisoned records (${told} of them told), ${unbroken.items.length} items of the others`,
        wrong: [
          ...(state === 'succeeded'
            ? []
            : [`the run is ${state}: ${JSON.stringify(records.get(run.id)?.fields['failure'])}`]),
          ...itemDifferences(
            unbroken.items.filter(({ kind }) => kind !== 'duplicates'),
            ofOthers,
          ),
        ],
      },
    ]
  })
}

const poison: Record<string, unknown>[] = [
  {},
  { name: 42 },
  { name: null, emails: 'a text' },
  { name: '王', emails: [null, 7, 'x', { value: 3 }, {}] },
  { name: '李', phones: { value: '139' } },
  { name: '张', phones: [[['1']], { value: null }] },
  { name: '赵', tags: 'vip', website: { a: 1 }, address: 'Beijing', ownerId: 5 },
  { name: '钱', customerId: ['cust_1'], lastVerifiedAt: 'yesterday', verifyEvery: 30 },
  { name: 'x'.repeat(20_000), externalIds: [{ system: 1 }], handles: 'wechat' },
]

async function storePoison({ records }: Tables): Promise<Set<string>> {
  const at = '2026-01-01T00:00:00.000Z'
  const made = poison.flatMap((fields, i) =>
    (['customer', 'contact'] as const).map(object => ({
      id: derivedId(object.slice(0, 4), { at: new Date(at), seed: `poison ${i}` }),
      object,
      version: 1,
      fields: fields as JsonObject,
      createdAt: at,
      createdBy: 'nobody',
      updatedAt: at,
      updatedBy: 'nobody',
    })),
  )
  await storeRecords(records, made, { listShards: testTenant.listShards, bare: true })
  return new Set(made.map(({ id }) => id))
}

async function changeByPerson(tables: Tables, id: string): Promise<void> {
  const clock = { now: () => new Date(Date.parse(cleanupTime) + 1_000) }
  const ctx = systemContext(tables, { source: 'api', clock })
  const record = await readRecord(ctx.store, id)
  if (record) await updateRecord(ctx, { object: objectNamed(record.object), id, patch: { tags: ['by hand'] } })
}

/** Files that let a person in between what is to be done and its doing. */
function interrupted(files: Files, person: (id: string) => Promise<void>): Files {
  return {
    ...files,
    writeNew: async (key, body, options) => {
      const isNew = await files.writeNew(key, body, options)
      if (key.includes('/intents/'))
        for (const line of String(body)
          .split('\n')
          .filter(text => text.startsWith('{"kind":"fixed"')))
          await person(JSON.parse(line).id)
      return isNew
    },
  }
}
