import { join } from 'node:path'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { booleanColumn, jsonColumn, openDatabase } from '../database.ts'
import type { Pool } from './pool.ts'

const schema = `
CREATE TABLE IF NOT EXISTS user (pool TEXT, username TEXT, sub TEXT, email TEXT, isEmailVerified INTEGER, attributes TEXT,
  groups TEXT, isEnabled INTEGER, status TEXT, passwordHash TEXT, createdAt INTEGER, modifiedAt INTEGER,
  PRIMARY KEY (pool, username));
CREATE INDEX IF NOT EXISTS userByEmail ON user (pool, email);
CREATE TABLE IF NOT EXISTS refreshToken (hash TEXT PRIMARY KEY, pool TEXT, username TEXT, clientId TEXT, originJti TEXT,
  authenticatedAt INTEGER, expiresAt INTEGER);`

const userAttributes = z.record(z.string(), z.string())

/** Attributes by name, as Cognito keeps them: everything is text. */
export type UserAttributes = z.infer<typeof userAttributes>

const userRow = z.object({
  pool: z.string(),
  username: z.string(),
  sub: z.string(),
  attributes: jsonColumn(userAttributes),
  groups: jsonColumn(z.array(z.string())),
  isEnabled: booleanColumn,
  status: z.enum(['FORCE_CHANGE_PASSWORD', 'CONFIRMED', 'RESET_REQUIRED']),
  passwordHash: z.string().nullable(),
  createdAt: z.number(),
  modifiedAt: z.number(),
})

const refreshRow = z.object({
  username: z.string(),
  originJti: z.string(),
  authenticatedAt: z.number(),
  expiresAt: z.number(),
})

/** A user of a pool. */
export type User = z.infer<typeof userRow>

/** Users and refresh tokens on disk. */
export type UserStore = ReturnType<typeof openUserStore>

/** Opens the users kept in `dir`. */
export function openUserStore(dir: string) {
  const database = openDatabase(join(dir, 'users.db'), schema)
  const write = database.change('INSERT OR REPLACE INTO user VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  return {
    close: database.close,
    transaction: database.transaction,
    put: (user: User): void => {
      const { email, email_verified: verified } = user.attributes
      const texts = [JSON.stringify(user.attributes), JSON.stringify(user.groups)]
      const { pool, username, sub, isEnabled, status, passwordHash, createdAt, modifiedAt } = user
      const indexed = [pool, username, sub, email?.toLowerCase() ?? null, verified === 'true' ? 1 : 0]
      write(...indexed, ...texts, isEnabled ? 1 : 0, status, passwordHash, createdAt, modifiedAt)
    },
    byUsername: database.select(userRow, 'SELECT * FROM user WHERE pool = ? AND username = ?').one,
    bySub: database.select(userRow, 'SELECT * FROM user WHERE pool = ? AND sub = ?').one,
    byEmail: database.select(userRow, 'SELECT * FROM user WHERE pool = ? AND email = lower(?)').one,
    byVerifiedEmail: database.select(
      userRow,
      'SELECT * FROM user WHERE pool = ? AND email = lower(?) AND isEmailVerified = 1',
    ).one,
    after: database.select(userRow, 'SELECT * FROM user WHERE pool = ? AND username > ? ORDER BY username').all,
    delete: database.change('DELETE FROM user WHERE pool = ? AND username = ?'),
    addRefreshToken: database.change('INSERT INTO refreshToken VALUES (?, ?, ?, ?, ?, ?, ?)'),
    refreshToken: database.select(refreshRow, 'SELECT * FROM refreshToken WHERE hash = ? AND pool = ? AND clientId = ?')
      .one,
    revokeTokens: database.change('DELETE FROM refreshToken WHERE pool = ? AND username = ?'),
  }
}

/** Finds a user by username, sub or verified e-mail address, as Cognito's operations accept them. */
export function findUser(store: UserStore, pool: Pool, name: string): User | undefined {
  return store.byUsername(pool.id, name) ?? store.byVerifiedEmail(pool.id, name) ?? store.bySub(pool.id, name)
}

/** Finds a user or throws UserNotFoundException. */
export function requireUser(store: UserStore, pool: Pool, name: string): User {
  const user = findUser(store, pool, name)
  if (user === undefined) throw new AwsError('UserNotFoundException', 'User does not exist.')
  return user
}
