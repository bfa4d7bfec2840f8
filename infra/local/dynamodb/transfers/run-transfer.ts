import { Worker } from 'node:worker_threads'
import type { ExportJob } from './export-job.ts'
import type { ImportJob } from './import-job.ts'
import type { Transfer } from './transfer-store.ts'

/** What a transfer can be told to do. */
export type TransferJob = ExportJob | ImportJob

/** How a transfer ended. */
export type TransferEnd = { status: Exclude<Transfer['status'], 'IN_PROGRESS'>; result: Record<string, unknown> }

/** A transfer in a thread of its own: reading, compressing and hashing would stall whatever else this process serves. */
export type RunningTransfer = { ended: Promise<TransferEnd | undefined>; stop(): Promise<unknown> }

/** Begins a transfer; `ended` is undefined when it was stopped. */
export function runTransfer(job: TransferJob): RunningTransfer {
  const worker = new Worker(new URL('./transfer-worker.ts', import.meta.url), { workerData: job, execArgv: [] })
  let isStopped = false
  const ended = new Promise<TransferEnd | undefined>(resolve => {
    worker.once('message', resolve)
    worker.once('error', error => resolve(interrupted(String(error))))
    worker.once('exit', code => resolve(isStopped ? undefined : interrupted(`The thread ended with code ${code}.`)))
  })
  return {
    ended,
    stop: async () => {
      isStopped = true
      await worker.terminate()
    },
  }
}

/** The end of a transfer that did not come to one of its own. */
export function interrupted(why: string): TransferEnd {
  return { status: 'FAILED', result: { FailureCode: 'InternalServerError', FailureMessage: why } }
}
