import type { ReportItem } from '#lib/cleanup/items.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { Tables } from '../support/table.ts'
import type { Bug } from './cleanup-bugs.ts'
import { type Deaths, noDeaths } from './cleanup-deaths.ts'
import { startProcess } from './cleanup-process.ts'
import { begunRun, readItems, runCleanup, undoCleanup } from './cleanup-run.ts'
import type { Template } from './cleanup-world.ts'

/** What a run said in the end, and the most writes that a call of each of its steps had. */
export type Ended = { id: string; items: ReportItem[]; writes: Map<string, number> }
type RunWish = { key?: string; dryRun?: boolean; bug?: Bug; deaths?: Deaths }

/** Runs a cleanup in a process of its own, to its end or to its death. */
export async function oneRun(
  tables: Tables,
  files: Files,
  { key = 'real', dryRun = false, bug = {}, deaths = noDeaths() }: RunWish,
): Promise<Ended> {
  const process = startProcess(tables, bug.files?.(files) ?? files, optionsOf(bug))
  try {
    const { id, writes } = await runCleanup(process, { key, dryRun, deaths })
    return { id, writes, items: process.isDead() ? [] : await readItems(process.files, id) }
  } finally {
    process.close()
  }
}

/** Begins a run that is to be worked on later. */
export async function begin(tables: Tables, files: Files, key: string): Promise<void> {
  const process = startProcess(tables, files)
  try {
    await begunRun(process, { key, dryRun: false })
  } finally {
    process.close()
  }
}

/** Undoes a run in a process of its own; returns the most writes that a call of each step had. */
export async function oneUndo(
  tables: Tables,
  files: Files,
  { id, bug = {}, deaths = noDeaths() }: { id: string; bug?: Bug; deaths?: Deaths },
): Promise<Map<string, number>> {
  const process = startProcess(tables, files, optionsOf(bug))
  try {
    return await undoCleanup(process, id, deaths)
  } finally {
    process.close()
  }
}

function optionsOf({ more, command }: Bug): { more?: Partial<Context>; bug?: (input: object) => unknown } {
  return { ...(more && { more }), ...(command && { bug: command }) }
}

/** Items that only one of two reports has, in whatever order. */
export function itemDifferences(expected: readonly ReportItem[], items: readonly ReportItem[]): string[] {
  const left = new Map<string, number>()
  for (const text of expected.map(textOf)) left.set(text, (left.get(text) ?? 0) + 1)
  for (const text of items.map(textOf)) left.set(text, (left.get(text) ?? 0) - 1)
  return [...left].flatMap(([text, count]) => (count === 0 ? [] : [`${count > 0 ? 'missing' : 'too many'}: ${text}`]))
}

/** The same whatever the order of an object's members. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** Works in a world of its own, and ends it. */
export async function inWorld<T>(template: Template, work: (tables: Tables) => Promise<T>): Promise<T> {
  const tables = await template.start()
  try {
    return await work(tables)
  } finally {
    await tables.stop()
  }
}
