/** What the process that runs the stack is asked for. */
export type Question = { id: number } & (
  | { ask: 'token'; email: string }
  | { ask: 'drain'; isWhole: boolean }
  | { ask: 'stop' }
  | { ask: 'runAhead'; ms: number }
  | { ask: 'clock'; offsetMs: number }
)

/** Where the stack can be reached, once it runs. */
export type Running = { url: string; endpoints: Record<string, string>; tableNames: Record<string, string> }

/** What that process answers. */
export type Answer = { running: Running } | { id: number; text: string } | { id: number; error: string }
