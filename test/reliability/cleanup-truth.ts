import { isDeepStrictEqual } from 'node:util'
import type { ReportItem } from '#lib/cleanup/items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { Expected, MadeSet } from './cleanup-made.ts'
import { cleanupChanges, fieldDifferences, recordsIn, type State } from './cleanup-state.ts'

/** What one promise was held against, and every place where it was broken. */
export type Proof = { promise: string; of: string; wrong: string[] }

/** What a cleanup left behind and said. */
export type Cleaned = { made: MadeSet; state: State; items: readonly ReportItem[] }

/** Holds what a cleanup did to the truth about a made set. */
export function proveTruth(cleaned: Cleaned): Proof[] {
  return [...proveRules(cleaned), told(cleaned), ...aftermath(cleaned)]
}

/** Holds findings and fixes to the truth. */
export function proveRules(cleaned: Cleaned): Proof[] {
  return [found(cleaned), noFalseFinding(cleaned), mended(cleaned), untouched(cleaned)]
}

const contactRules = new Set(['emailFormat', 'phoneInvalid'])

/** Recall: nothing invalid is missed. */
function found({ made, items }: Cleaned): Proof {
  const said = new Set(
    items.flatMap(item => (item.kind === 'finding' ? [`${item.id} ${item.rule} ${item.field}`] : [])),
  )
  const planted = all(made).flatMap(([id, expected]) =>
    live(expected) ? expected.finds.map(({ rule, field }) => ({ key: `${id} ${rule} ${field}`, id })) : [],
  )
  const byRule = (rule: string) => planted.filter(({ key }) => key.includes(` ${rule} `)).length
  return {
    promise: 'every invalid e-mail and phone is found',
    of: `${byRule('emailFormat')} e-mails, ${byRule('phoneInvalid')} phones`,
    wrong: planted.flatMap(({ key, id }) => (said.has(key) ? [] : [`${key} is not found: ${fieldsText(made, id)}`])),
  }
}

/** Precision: nothing valid is complained of. */
function noFalseFinding({ made, items }: Cleaned): Proof {
  const wrong = items.flatMap(item => {
    if (item.kind !== 'finding' || !contactRules.has(item.rule)) return []
    const expected = made.truth.get(item.id)
    const isRight = expected?.finds.some(({ rule, field }) => rule === item.rule && field === item.field)
    return !expected || isRight
      ? []
      : [`${item.id} (${expected.dirt}) ${item.rule} ${item.field}: ${fieldsText(made, item.id)}`]
  })
  const right = all(made).filter(([, expected]) => live(expected) && expected.finds.length === 0).length
  return { promise: 'no valid e-mail or phone is called invalid', of: `${right} records with valid ones only`, wrong }
}

function mended({ made, state }: Cleaned): Proof {
  const dirty = all(made).filter(([, expected]) => live(expected) && expected.fixes.length > 0)
  const ids = new Set(dirty.map(([id]) => id))
  const wrong = fieldDifferences(made, recordsIn(state), (_made, expected) => expected.fields)
  return {
    promise: 'what has one meaning is mended to it',
    of: `${dirty.length} records`,
    wrong: wrong.filter(line => ids.has(line.split(' ')[0] ?? '')),
  }
}

/** 0 false fixes: not a version, not a letter. */
function untouched({ made, state }: Cleaned): Proof {
  const records = recordsIn(state)
  const right = made.records.filter(({ id }) => {
    const expected = made.truth.get(id)
    return expected && expected.bin !== 'purged' && expected.fixes.length === 0
  })
  const wrong = right.flatMap(record => {
    const stored = records.get(record.id)
    const isSame = stored?.version === record.version && isDeepStrictEqual(stored.fields, record.fields)
    return isSame
      ? []
      : [`${record.id} (${made.truth.get(record.id)?.dirt}) was changed: ${changedParts(record, stored)}`]
  })
  return { promise: 'nothing that is valid or beyond mending is changed', of: `${right.length} records`, wrong }
}

/** Each fixed record has one change, and the report tells it. */
function told({ made, state, items }: Cleaned): Proof {
  const changes = cleanupChanges(state)
  const fixed = items.flatMap(item => (item.kind === 'fixed' ? [item.id] : []))
  const wrong = [
    ...fixed.flatMap(id =>
      changes.get(id)?.length === 1 ? [] : [`${id} is told as fixed and has ${changes.get(id)?.length ?? 0} changes`],
    ),
    ...repeated(fixed).map(id => `${id} is told as fixed twice`),
    ...[...changes.keys()].flatMap(id =>
      made.truth.has(id) && !fixed.includes(id) ? [`${id} was changed and is not told`] : [],
    ),
    ...items.flatMap(item =>
      ['refused', 'skipped', 'poisoned'].includes(item.kind) ? [`${item.id} was ${item.kind}`] : [],
    ),
  ]
  return {
    promise: 'every change is told once, and nothing is told that was not done',
    of: `${fixed.length} changes`,
    wrong,
  }
}

function aftermath({ made, state, items }: Cleaned): Proof[] {
  const records = recordsIn(state)
  const tasks = openTasks(state)
  const pick = (test: (expected: Expected) => boolean) => all(made).flatMap(([id, each]) => (test(each) ? [id] : []))
  const stale = pick(each => live(each) && each.isStale)
  const orphans = pick(each => each.isOrphan && live(each))
  const copies = pick(each => each.copyOf !== undefined)
  const [purged, kept] = [pick(({ bin }) => bin === 'purged'), pick(({ bin }) => bin === 'kept')]
  const grouped = new Set(items.flatMap(item => (item.kind === 'duplicates' ? pairsOf(item.members) : [])))
  const orphaned = new Set(items.flatMap(item => (item.kind === 'finding' && item.rule === 'orphan' ? [item.id] : [])))
  return [
    {
      promise: 'each stale record has one open task, and no other has one',
      of: `${stale.length} stale of ${made.records.length}`,
      wrong: [
        ...stale.flatMap(id => (tasks.get(id) === 1 ? [] : [`${id} has ${tasks.get(id) ?? 0} tasks`])),
        ...[...tasks.keys()].flatMap(id => (stale.includes(id) ? [] : [`${id} is not stale and has a task`])),
      ],
    },
    {
      promise: 'each reference to nobody is found, and no other',
      of: `${orphans.length} orphans`,
      wrong: [
        ...orphans.flatMap(id => (orphaned.has(id) ? [] : [`${id} is not found`])),
        ...[...orphaned].flatMap(id =>
          orphans.includes(id) || !made.truth.has(id) ? [] : [`${id} (${made.truth.get(id)?.dirt}) is no orphan`],
        ),
      ],
    },
    {
      promise: 'each copy is in a group with what it is a copy of',
      of: `${copies.length} copies`,
      wrong: copies.flatMap(id =>
        grouped.has(`${made.truth.get(id)?.copyOf} ${id}`) ? [] : [`${id} and ${made.truth.get(id)?.copyOf}`],
      ),
    },
    {
      promise: 'what has been in the recycle bin for 60 days is gone, the rest of it is there',
      of: `${purged.length} to go, ${kept.length} to stay`,
      wrong: [
        ...purged.flatMap(id => (records.has(id) ? [`${id} is still there`] : [])),
        ...leftovers(state, purged),
        ...kept.flatMap(id => (records.get(id)?.deletedAt ? [] : [`${id} is not in the bin`])),
      ],
    },
  ]
}

/** Open verification tasks by the record they are about. */
export function openTasks(state: State): Map<string, number> {
  const tasks = new Map<string, number>()
  for (const { object, fields, deletedAt } of recordsIn(state).values()) {
    const about = fields['verifies']
    if (object === 'activity' && deletedAt === undefined && typeof about === 'string')
      tasks.set(about, (tasks.get(about) ?? 0) + 1)
  }
  return tasks
}

/** Purging leaves nothing: no history, no keys. */
function leftovers({ items }: State, purged: readonly string[]): string[] {
  const gone = new Set(purged)
  return [...items].flatMap(([key, item]) => {
    const id = String(item['pk']).replace(/^R#/, '')
    return gone.has(id) || gone.has(String(item['id'])) ? [`${key} is left over`] : []
  })
}

function live({ bin }: Expected): boolean {
  return bin === undefined
}

function all({ truth }: MadeSet): [string, Expected][] {
  return [...truth]
}

function pairsOf(members: readonly string[]): string[] {
  return members.flatMap(a => members.map(b => `${a} ${b}`))
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return ids.filter(id => seen.size === seen.add(id).size)
}

function changedParts(record: StoredRecord, stored: StoredRecord | undefined): string {
  if (!stored) return 'it is gone'
  const names = Object.keys({ ...record.fields, ...stored.fields })
  const parts = names.filter(name => !isDeepStrictEqual(record.fields[name], stored.fields[name]))
  return `version ${stored.version}, ${parts.map(name => `${name} ${JSON.stringify(record.fields[name])} to ${JSON.stringify(stored.fields[name])}`).join(', ')}`
}

function fieldsText(made: MadeSet, id: string): string {
  const { emails, phones } = made.records.find(record => record.id === id)?.fields ?? {}
  return JSON.stringify({ emails, phones })
}
