import type { StackProcess } from '../bench/stack-process.ts'
import type { Api, Caller } from './http.ts'

/** What the scenes of the demo play with. */
export type Stage = {
  api: Api
  cast: Cast
  /** The laptop around the API: its clock, its outbox, its rest. */
  laptop: Pick<StackProcess, 'drain' | 'runAhead' | 'moveClock' | 'dataDir'>
  /** The customer with the most contacts; the rep's own. */
  customer: { id: string; name: string }
  /** One of its contacts, with the line of the file it was made from. */
  contact: { id: string; name: string; mobile: string; legacyId: string }
}

/** The seeded users, by role. */
export type Cast = Record<'admin' | 'manager' | 'rep' | 'rep2' | 'service' | 'auditor', Caller>
