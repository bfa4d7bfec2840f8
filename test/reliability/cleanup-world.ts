import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { seedRoles } from '#schemas/seeds/roles.ts'
import { scratchRoot } from '../support/scratch.ts'
import { handClock, objectNamed, startTables, systemContext, type Tables, testTenant } from '../support/table.ts'
import { type MadeSet, makeSet } from './cleanup-made.ts'
import { storeRecords } from './cleanup-store.ts'

/** A tenant with a made set of records, kept in a folder, of which any number of equal worlds can be started. */
export type Template = { made: MadeSet; start(): Promise<Tables>; remove(): void }

/** `bare`: records without history and keys, which are made in a fifth of the time. */
export type TemplateWish = { records: number; seed: number; dirtShare?: number; bare?: boolean }

/** The moment at which all cleanups of made sets run. */
export const cleanupTime = '2026-11-22T02:00:00.000Z'

/** 8 reps look after the records. */
const owners = 8

/** Makes a tenant with its people and a made set, as an older version of the product could have left it. */
export async function makeTemplate(wish: TemplateWish): Promise<Template> {
  const tables = await startTables()
  const ownerIds = await hireOwners(tables, wish.seed)
  const made = makeSet({ ...wish, now: new Date(cleanupTime), ownerIds })
  await storeRecords(tables.records, made.records, { listShards: testTenant.listShards, bare: wish.bare ?? false })
  await tables.stop({ keepsData: true })
  return {
    made,
    start: () => {
      const directory = mkdtempSync(join(scratchRoot, 'evergreen-cleanup-'))
      cpSync(tables.directory, directory, { recursive: true })
      return startTables(directory)
    },
    remove: () => rmSync(tables.directory, { recursive: true, force: true }),
  }
}

async function hireOwners(tables: Tables, seed: number): Promise<string[]> {
  let count = 0
  const at = new Date('2025-01-01T00:00:00.000Z')
  const ids = { next: (prefix: string) => derivedId(prefix, { at, seed: `${seed} ${count++}` }) }
  const ctx = systemContext(tables, { ids, clock: handClock(at.toISOString()) })
  const make = async (name: string, input: object) => (await createRecord(ctx, { object: objectNamed(name), input })).id
  let roleId = ''
  for (const role of seedRoles) {
    const id = await make('role', role)
    if (role.name === 'rep') roleId = id
  }
  const teamId = await make('team', { name: 'East' })
  const made: string[] = []
  for (let i = 0; i < owners; i++)
    made.push(await make('user', { name: `Owner ${i}`, email: `owner${i}@example.com`, roleId, teamId }))
  return made
}
