import { setTimeout as sleep } from 'node:timers/promises'
import type { RunView } from '#schemas/api/maintenance.ts'
import type { Client } from './client.ts'
import { createProgress } from './progress-bar.ts'

/** Has the running CRM start a run, shows how far it is, and returns it when it has ended. */
export async function followRun(client: Client, title: string, request: object): Promise<RunView> {
  const progress = createProgress(title)
  const { id } = await client.call<RunView>('POST', '/v1/maintenance/runs', request)
  for (;;) {
    const run = await client.call<RunView>('GET', `/v1/maintenance/runs/${id}`)
    const steps = run.steps ?? []
    const at = steps.find(({ state }) => state === 'running')
    progress.show(at ? steps.indexOf(at) / steps.length : 1, at?.name ?? run.state)
    if (run.state !== 'running') {
      progress.end()
      return run
    }
    await sleep(200)
  }
}

/** Says how a run ended: its state, how long it took, what it cost, and why it failed. */
export function tellEnd(title: string, run: RunView): void {
  const { id, state, durationSeconds = 0, costEstimate, failure } = run
  const cost = costEstimate ? `, about $${costEstimate.amount.toFixed(4)} on AWS` : ''
  console.log(`${title} ${id}: ${state} in ${durationSeconds.toFixed(1)} s${cost}`)
  if (failure) console.log(`  ${failure.code}: ${failure.detail}`)
}

/** Names and figures, one under the other. */
export function tellFigures(rows: readonly [string, string | number][]): void {
  for (const [name, figure] of rows) console.log(`  ${name.padEnd(28)}${String(figure).padStart(32)}`)
}
