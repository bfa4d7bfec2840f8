import { setTimeout as sleep } from 'node:timers/promises'
import type { RunView } from '#schemas/api/maintenance.ts'
import type { Client } from './client.ts'

/**
 * Has the running CRM make a backup, a full one unless told otherwise, and waits for it.
 * @returns its id.
 * @throws Error with why it failed.
 */
export async function makeBackup(client: Client, { full = true }: { full?: boolean } = {}): Promise<string> {
  const runs = '/v1/maintenance/runs'
  let run = await client.call<RunView>('POST', runs, { kind: 'backup', full })
  while (run.state === 'running') {
    await sleep(200)
    run = await client.call<RunView>('GET', `${runs}/${run.id}`)
  }
  if (run.kind === 'backup' && run.state === 'succeeded' && run.report) return run.report.backupId
  throw new Error(run.failure?.detail ?? `The backup ${run.id} is ${run.state}.`)
}
