import { join } from 'node:path'
import * as z from 'zod'
import { type Database, jsonColumn, openDatabase } from '../database.ts'
import { type ScheduleDefinition, scheduleShape } from './schedule-input.ts'

const schema = `
CREATE TABLE IF NOT EXISTS scheduleGroup (name TEXT PRIMARY KEY, createdAt INTEGER);
CREATE TABLE IF NOT EXISTS schedule (groupName TEXT, name TEXT, definition TEXT, createdAt INTEGER, modifiedAt INTEGER,
  nextAt INTEGER, clientToken TEXT, PRIMARY KEY (groupName, name));
CREATE INDEX IF NOT EXISTS scheduleByNext ON schedule (nextAt);
CREATE TABLE IF NOT EXISTS template (groupName TEXT, name TEXT, properties TEXT, PRIMARY KEY (groupName, name));
CREATE TABLE IF NOT EXISTS invocation (id TEXT PRIMARY KEY, scheduleArn TEXT, scheduledAt INTEGER, target TEXT, keyArn TEXT,
  attempts INTEGER, dueAt INTEGER, error TEXT);
CREATE INDEX IF NOT EXISTS invocationByDue ON invocation (dueAt);
INSERT OR IGNORE INTO scheduleGroup VALUES ('default', 0);`

const groupRow = z.object({ name: z.string(), createdAt: z.number() })

const scheduleRow = z.object({
  groupName: z.string(),
  name: z.string(),
  definition: jsonColumn(scheduleShape),
  createdAt: z.number(),
  modifiedAt: z.number(),
  nextAt: z.number().nullable(),
  clientToken: z.string().nullable(),
})

/** A schedule as it is kept; `nextAt` is null for one that does not run (any more). */
export type StoredSchedule = z.output<typeof scheduleRow>

const invocationRow = z.object({
  id: z.string(),
  scheduleArn: z.string(),
  scheduledAt: z.number(),
  target: jsonColumn(scheduleShape.shape.Target),
  keyArn: z.string().nullable(),
  attempts: z.number(),
  error: z.string().nullable(),
})

/** A run that is not delivered yet: what it was when its time came, whatever has become of its schedule since. */
export type Invocation = z.output<typeof invocationRow>

const templateRow = z.object({ groupName: z.string(), name: z.string(), properties: z.string() })
const nextRow = z.object({ at: z.number().nullable() })
const countRow = z.object({ count: z.number() })

/** Groups, schedules and undelivered runs on disk, in one file: that a time has come and what follows is one transaction. */
export type ScheduleStore = ReturnType<typeof openScheduleStore>

/** Opens what is kept in a folder. */
export function openScheduleStore(dir: string) {
  const database = openDatabase(join(dir, 'schedules.db'), schema)
  const put = database.change('INSERT OR REPLACE INTO schedule VALUES (?, ?, ?, ?, ?, ?, ?)')
  const next = database.select(
    nextRow,
    'SELECT min(at) AS at FROM (SELECT min(nextAt) AS at FROM schedule UNION ALL SELECT min(dueAt) AS at FROM invocation)',
  )
  return {
    close: database.close,
    transaction: database.transaction,
    group: database.select(groupRow, 'SELECT * FROM scheduleGroup WHERE name = ?').one,
    groups: database.select(groupRow, 'SELECT * FROM scheduleGroup ORDER BY name').all,
    addGroup: database.change('INSERT OR IGNORE INTO scheduleGroup VALUES (?, ?)'),
    removeGroup: database.change('DELETE FROM scheduleGroup WHERE name = ?'),
    schedule: database.select(scheduleRow, 'SELECT * FROM schedule WHERE groupName = ? AND name = ?').one,
    schedules: database.select(scheduleRow, 'SELECT * FROM schedule ORDER BY groupName, name').all,
    /** What is due, 500 at a time. */
    due: database.select(
      scheduleRow,
      'SELECT * FROM schedule WHERE nextAt <= ? ORDER BY nextAt, groupName, name LIMIT 500',
    ).all,
    put: (schedule: Omit<StoredSchedule, 'definition'> & { definition: ScheduleDefinition }) => {
      const { groupName, name, definition, createdAt, modifiedAt, nextAt, clientToken } = schedule
      put(groupName, name, JSON.stringify(definition), createdAt, modifiedAt, nextAt, clientToken)
    },
    setNext: database.change('UPDATE schedule SET nextAt = ? WHERE groupName = ? AND name = ?'),
    remove: database.change('DELETE FROM schedule WHERE groupName = ? AND name = ?'),
    removeOfGroup: database.change('DELETE FROM schedule WHERE groupName = ?'),
    templates: database.select(templateRow, 'SELECT * FROM template').all,
    setTemplate: database.change('INSERT OR REPLACE INTO template VALUES (?, ?, ?)'),
    removeTemplate: database.change('DELETE FROM template WHERE groupName = ? AND name = ?'),
    ...invocationStore(database),
    /** When there is next anything to do. */
    nextAt: () => next.one()?.at ?? undefined,
  }
}

/** Runs that are not delivered yet. */
function invocationStore(database: Database) {
  const add = database.change('INSERT INTO invocation VALUES (?, ?, ?, ?, ?, 0, ?, NULL)')
  const count = database.select(countRow, 'SELECT count(*) AS count FROM invocation')
  return {
    addInvocation: (
      { id, scheduleArn, scheduledAt, target, keyArn }: Omit<Invocation, 'attempts' | 'error'>,
      dueAt: number,
    ) => add(id, scheduleArn, scheduledAt, JSON.stringify(target), keyArn, dueAt),
    dueInvocations: database.select(
      invocationRow,
      'SELECT * FROM invocation WHERE dueAt <= ? ORDER BY dueAt, id LIMIT ?',
    ).all,
    /** What is being delivered is due at no time, until it fails. */
    hold: database.change('UPDATE invocation SET dueAt = NULL WHERE id = ?'),
    /** What a process was delivering when it ended is due again. */
    releaseHeld: database.change('UPDATE invocation SET dueAt = ? WHERE dueAt IS NULL'),
    postpone: database.change('UPDATE invocation SET attempts = attempts + 1, dueAt = ?, error = ? WHERE id = ?'),
    removeInvocation: database.change('DELETE FROM invocation WHERE id = ?'),
    countInvocations: () => count.one()?.count ?? 0,
  }
}
