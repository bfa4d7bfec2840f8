import * as z from 'zod'
import type { StoredRecord } from '#lib/store/items.ts'
import { type RunStep, runStep } from '#schemas/api/maintenance.ts'

/** Steps of the kinds of run that keep on their record how far each is, in the order in which they come. */
const names: Readonly<Record<string, readonly RunStep['name'][]>> = {
  backup: ['plan', 'export', 'verify', 'catalogue', 'copy', 'expire', 'report'],
  restoreDrill: ['plan', 'verify', 'import', 'increments', 'compare', 'readChecks', 'tidy', 'report'],
  restore: ['plan', 'verify', 'collect', 'apply', 'report'],
  archive: ['verify', 'archive', 'report'],
}

const kept = z.array(runStep)

/** How far each step of a run is; none for kinds that keep it elsewhere. */
export function stepsOf({ fields }: StoredRecord): RunStep[] {
  const known = kept.safeParse(fields['steps'])
  if (known.success) return known.data
  const first = names[String(fields['kind'])] ?? []
  return first.map((name, place) => ({ name, state: place === 0 ? 'running' : 'waiting' }))
}

/** The same for a run that has ended: what never came was skipped. */
export function endedSteps(record: StoredRecord, isGood: boolean): RunStep[] {
  return stepsOf(record).map(step => {
    const state = isGood ? 'done' : step.state === 'done' ? 'done' : 'skipped'
    return { ...step, state }
  })
}
