import { isDeepStrictEqual } from 'node:util'
import type { ReportItem } from '#lib/cleanup/items.ts'
import type { Files } from '#lib/runtime/files.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { type Bug, bugs, puts } from './cleanup-bugs.ts'
import { type DeathWish, deathsAt } from './cleanup-deaths.ts'
import { begin, type Ended, inWorld, itemDifferences, oneRun, oneUndo } from './cleanup-ended.ts'
import { createMeeting, type Meeting } from './cleanup-meeting.ts'
import {
  cleanupChanges,
  fieldDifferences,
  readState,
  recordsIn,
  type State,
  stateDifferences,
} from './cleanup-state.ts'
import { openTasks, type Proof, proveTruth } from './cleanup-truth.ts'
import type { Template } from './cleanup-world.ts'

/** What one unbroken run leaves and says: what every other way to come to an end is held against. */
export type Unbroken = {
  state: State
  items: ReportItem[]
  writes: Map<string, number>
  undoWrites: Map<string, number>
}

/** A dry run, the real one, its undoing: each held to the truth. */
export async function proveRun(
  template: Template,
  bug: Bug = bugs.none,
): Promise<{ proofs: Proof[]; unbroken: Unbroken }> {
  return inWorld(template, async tables => {
    const files = memoryFiles()
    const { made } = template
    const begun = await readState(tables)
    const dry = await oneRun(tables, files, { key: 'dry', dryRun: true, bug: bug.dry ?? bug })
    const afterDry = await readState(tables)
    const real = await oneRun(tables, files, { bug })
    const state = await readState(tables)
    const undoWrites = await oneUndo(tables, files, { id: real.id, bug })
    const end = await readState(tables)
    const undone = recordsIn(end)
    const proofs: Proof[] = [
      {
        promise: 'a dry run changes nothing',
        of: `${begun.items.size} stored items`,
        wrong: stateDifferences(begun, afterDry),
      },
      {
        promise: 'the dry run tells what the real run does, item for item',
        of: `${dry.items.length} and ${real.items.length} items`,
        wrong: itemDifferences(dry.items, real.items),
      },
      ...proveTruth({ made, state, items: real.items }),
      {
        promise: 'undoing the run gives back every value it changed',
        of: `${changedCount(template, state)} of ${made.records.length} records changed`,
        wrong: fieldDifferences(made, undone, record => record.fields),
      },
      tasksGone(state, end),
    ]
    return { proofs, unbroken: { state, items: real.items, writes: real.writes, undoWrites } }
  })
}

/** Killed at every step, before, within and after its work, and started again each time: the same as one unbroken run. */
export async function proveKilled(
  template: Template,
  { unbroken, wish, bug = bugs.none }: { unbroken: Unbroken; wish: DeathWish; bug?: Bug },
): Promise<Proof[]> {
  return inWorld(template, async tables => {
    let files: Files = memoryFiles()
    const what = `the ${wish.victim} killed ${wish.moment} the work of every step`
    const deaths = deathsAt(wish, unbroken.writes)
    for (;;) {
      const died = deaths.places.length
      const run = await oneRun(tables, files, { bug, deaths })
      if (wish.victim === 'function' || deaths.places.length === died) {
        const state = await readState(tables)
        return [
          {
            promise: `${what}: the same table as one unbroken run`,
            of: `${deaths.places.length} kills (${deaths.places.join(', ')}), ${unbroken.state.items.size} stored items`,
            wrong: stateDifferences(unbroken.state, state),
          },
          {
            promise: `${what}: the same report as one unbroken run`,
            of: `${unbroken.items.length} items`,
            wrong: itemDifferences(unbroken.items, run.items),
          },
          touchedOnce(template, state, [run]),
        ]
      }
      if (bug.restart) files = await bug.restart(files)
    }
  })
}

/** Two runs at once, or one run's workflow twice at once, do together what one does. */
export async function proveTwoAtOnce(
  template: Template,
  { unbroken, keys = ['one', 'two'], bug = bugs.none }: { unbroken: Unbroken; keys?: readonly string[]; bug?: Bug },
): Promise<Proof[]> {
  return inWorld(template, async tables => {
    const files = memoryFiles()
    const { made } = template
    const what = new Set(keys).size === 1 ? 'the same run' : 'two runs'
    for (const key of keys) await begin(tables, files, key)
    const meeting = createMeeting(keys.length)
    const ended = await Promise.all(
      keys.map((key, guest) =>
        oneRun(tables, files, { key, bug: meetingFirst(template, { meeting, guest, bug }) }).finally(() =>
          meeting.leave(guest),
        ),
      ),
    )
    const runs = [...new Map(ended.map(run => [run.id, run])).values()]
    const state = await readState(tables)
    const [records, expected] = [recordsIn(state), recordsIn(unbroken.state)]
    const [tasks, expectedTasks] = [openTasks(state), openTasks(unbroken.state)]
    const proofs: Proof[] = [
      {
        promise: `two at once (${what}) leave the records that one leaves`,
        of: `${made.records.length} records`,
        wrong: made.records.flatMap(({ id }) => {
          const [a, b] = [expected.get(id), records.get(id)]
          return a?.version === b?.version && isDeepStrictEqual(a?.fields, b?.fields)
            ? []
            : [`${id}: ${JSON.stringify([a, b])}`]
        }),
      },
      {
        promise: `two at once (${what}) make the tasks that one makes`,
        of: `${expectedTasks.size} tasks`,
        wrong: [...new Set([...tasks.keys(), ...expectedTasks.keys()])].flatMap(id =>
          tasks.get(id) === expectedTasks.get(id) ? [] : [`${id} has ${tasks.get(id) ?? 0} tasks`],
        ),
      },
      touchedOnce(template, state, runs),
    ]
    for (const { id } of runs.toReversed()) await oneUndo(tables, files, { id, bug })
    const end = await readState(tables)
    proofs.push(tasksGone(state, end), {
      promise: `undoing what two at once (${what}) did gives back every value`,
      of: `${changedCount(template, state)} of ${made.records.length} records changed`,
      wrong: fieldDifferences(made, recordsIn(end), record => record.fields),
    })
    return proofs
  })
}

/** Each run waits before its first fix of a lane until the other has settled its own: neither is a step ahead. */
function meetingFirst({ made }: Template, { meeting, guest, bug }: { meeting: Meeting; guest: number; bug: Bug }): Bug {
  const command = async (input: object) => {
    for (const { Item = {} } of puts(input))
      if (Item['sk'] === 'A' && made.truth.has(String(Item['id'])))
        await meeting.arrive(String(Item['byObjectPk']), guest)
    await bug.command?.(input)
  }
  return { ...bug, command }
}

/** No record is in the reports of two runs, and none has two changes by cleanups. */
function touchedOnce({ made }: Template, state: State, runs: readonly Ended[]): Proof {
  const fixed = runs.flatMap(({ items }) => items.flatMap(item => (item.kind === 'fixed' ? [item.id] : [])))
  const times = new Map<string, number>()
  for (const id of fixed) times.set(id, (times.get(id) ?? 0) + 1)
  const changes = [...cleanupChanges(state)].filter(([id]) => made.truth.has(id))
  return {
    promise: 'no record is touched twice',
    of: `${fixed.length} fixes told by ${runs.length} runs, ${changes.length} of ${made.records.length} records changed`,
    wrong: [
      ...[...times].flatMap(([id, count]) => (count > 1 ? [`${id} is told as fixed ${count} times`] : [])),
      ...changes.flatMap(([id, each]) => (each.length > 1 ? [`${id} has ${each.length} changes`] : [])),
      ...changes.flatMap(([id]) => (times.has(id) ? [] : [`${id} was changed, and no run tells it`])),
    ],
  }
}

function tasksGone(before: State, after: State): Proof {
  return {
    promise: 'undoing takes the tasks away',
    of: `${openTasks(before).size} tasks`,
    wrong: [...openTasks(after).keys()].map(id => `${id} still has a task`),
  }
}

function changedCount({ made }: Template, state: State): number {
  return [...cleanupChanges(state).keys()].filter(id => made.truth.has(id)).length
}
