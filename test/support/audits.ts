import { afterAll, beforeAll, beforeEach } from 'vitest'
import { loadAudit } from '#lib/audit/audit-record.ts'
import { createAudit } from '#lib/audit/create-audit.ts'
import { sampleAudit } from '#lib/audit/sample-audit.ts'
import { viewAudit } from '#lib/audit/view-audit.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { AuditView } from '#schemas/api/audits.ts'
import {
  type Cast,
  contextOf,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
} from './table.ts'

type Wanted = { perOwner?: number; reviewerId?: string }

/** A tenant of one test file for audits: each test plays in a year of its own, so that they do not see each other's records. */
export function useAudits() {
  const started: { tables?: Tables; cast?: Cast } = {}
  let year = 2020
  beforeAll(async () => {
    started.tables = await startTables()
    started.cast = await seedCast(started.tables)
  })
  afterAll(() => started.tables?.stop())
  beforeEach(() => {
    year += 1
  })
  const tables = () => there(started.tables)
  const cast = () => there(started.cast)
  const month = () => `${year}-03`
  const now = () => handClock(`${year}-04-02T02:00:00.000Z`)
  const during = () => handClock(`${year}-03-10T02:00:00.000Z`)
  const as = (actor: Actor, more: Partial<Context> = {}) => contextOf(tables(), actor, { clock: now(), ...more })
  const system = (more: Partial<Context> = {}) => systemContext(tables(), { clock: now(), ...more })
  const ask = (more: Wanted = {}, actor = cast().admin) =>
    createAudit(as(actor), { month: month(), perOwner: 2, reviewerId: cast().auditor.id, ...more })
  const see = async (id: string, actor = cast().admin): Promise<AuditView> => {
    const ctx = as(actor)
    return viewAudit(ctx, await loadAudit(ctx, id), { items: true })
  }
  return {
    tables,
    cast,
    year: () => year,
    month,
    now,
    during,
    as,
    system,
    ask,
    see,
    /** Enters records of an owner, in the month that is audited unless told. */
    enter: async (owner: Actor, count: number, object = 'customer', clock = during()): Promise<string[]> => {
      const ids: string[] = []
      for (let i = 0; i < count; i++) {
        const input = { name: `${object}${year}-${i}`, ownerId: owner.id }
        ids.push((await createRecord(systemContext(tables(), { clock }), { object: objectNamed(object), input })).id)
      }
      return ids
    },
    /** An audit with its sample. */
    drawn: async (more: Wanted = {}, actor = cast().admin): Promise<AuditView> => {
      const { id } = await ask(more, actor)
      await sampleAudit(system(), id)
      return see(id)
    },
  }
}

function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The tables are started by beforeAll: use them inside a test.')
  return part
}
