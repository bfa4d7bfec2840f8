import { randomBytes } from 'node:crypto'

/** Cognito's default for a challenge that is not answered. */
const sessionValidityMs = 3 * 60_000

/** Challenges that wait for their answer; kept in memory, as they last three minutes. */
export type Sessions = ReturnType<typeof createSessions>

/** Keeps which user a challenge was put to. */
export function createSessions(now: () => number) {
  const sessions = new Map<string, { poolId: string; username: string; expiresAt: number }>()
  return {
    open: (poolId: string, username: string): string => {
      const session = randomBytes(32).toString('base64url')
      sessions.set(session, { poolId, username, expiresAt: now() + sessionValidityMs })
      return session
    },
    /** The user of a challenge; a session can be used once. */
    close: (poolId: string, session: string): string | undefined => {
      const open = sessions.get(session)
      sessions.delete(session)
      return open !== undefined && open.poolId === poolId && open.expiresAt > now() ? open.username : undefined
    },
  }
}
