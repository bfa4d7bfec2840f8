import * as z from 'zod'
import { keepOnce } from '#lib/backup/backup-files.ts'
import { drillFiles, type Side } from '#lib/drill/drill-files.ts'
import { type DrillGround, readDrillPlan } from '#lib/drill/drill-work.ts'
import { explainItem } from '#lib/drill/explain-item.ts'
import { type ItemKind, itemKind } from '#lib/drill/item-kind.ts'
import type { Difference, Verdict } from '#lib/drill/verdict.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { Key } from '#lib/store/keys.ts'
import type { Store } from '#lib/store/table.ts'

/** What comparing a partition came to. */
export type Compared = {
  counts: Record<Exclude<ItemKind, 'passing'>, number>
  explained: Record<string, number>
  differences: number
  examples: Difference[]
}

/** 20 examples are enough to see what is wrong. */
const mostExamples = 20

const digestLine = z.tuple([z.string(), z.string(), z.string()])

/** Compares a partition of the restored table with the live one, item by item, and looks for a reason where they differ. */
export async function comparePartition(
  ctx: Context,
  { files, restored }: DrillGround & { restored: Store },
  { runId, partition }: { runId: string; partition: number },
): Promise<{ done: true }> {
  const { cutOffAt } = await readDrillPlan(files, runId)
  const is = await readDigests(files, { runId, side: 'live', partition })
  const was = await readDigests(files, { runId, side: 'restored', partition })
  const found: Compared = { counts: { record: 0, change: 0, derived: 0 }, explained: {}, differences: 0, examples: [] }
  for (const [name, hash] of was) {
    const kind = itemKind(keyOf(name))
    if (kind === 'passing') continue
    found.counts[kind] += 1
    if (is.get(name) !== hash) note(found, await explainItem({ live: ctx.store, restored, cutOffAt }, keyOf(name)))
  }
  for (const name of is.keys())
    if (!was.has(name) && itemKind(keyOf(name)) !== 'passing')
      note(found, await explainItem({ live: ctx.store, restored, cutOffAt }, keyOf(name)))
  await keepOnce(files, drillFiles.compared(runId, partition), found)
  return { done: true }
}

function note(found: Compared, verdict: Verdict): void {
  if (verdict === 'equal') return
  if ('explained' in verdict) {
    found.explained[verdict.explained] = (found.explained[verdict.explained] ?? 0) + 1
    return
  }
  found.differences += 1
  if (found.examples.length < mostExamples) found.examples.push(verdict)
}

/** Hashes by key, which is kept as the text of both its parts. */
async function readDigests(
  files: Files,
  { runId, side, partition }: { runId: string; side: Side; partition: number },
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for await (const { key } of files.list(drillFiles.digests(runId, side, partition)))
    for (const line of (await files.readText(key)).split('\n')) {
      if (line === '') continue
      const [pk, sk, hash] = digestLine.parse(JSON.parse(line))
      found.set(JSON.stringify([pk, sk]), hash)
    }
  return found
}

function keyOf(name: string): Key {
  const [pk, sk] = z.tuple([z.string(), z.string()]).parse(JSON.parse(name))
  return { pk, sk }
}
