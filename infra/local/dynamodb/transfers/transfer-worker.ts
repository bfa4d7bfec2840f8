import { parentPort, workerData } from 'node:worker_threads'
import { runExport } from './export-job.ts'
import { runImport } from './import-job.ts'
import type { TransferJob } from './run-transfer.ts'

// The thread of one export or import: `workerData` is its job, its one message what it came to.

const job: TransferJob = workerData

parentPort?.postMessage(await run().then(succeeded, failed))

function run() {
  return job.kind === 'export' ? runExport(job) : runImport(job)
}

function succeeded(result: Record<string, unknown>) {
  return { status: 'COMPLETED', result }
}

/** DynamoDB names what S3 refused by S3's own code. */
function failed(error: unknown) {
  const { name = 'InternalServerError', message = String(error) } = error instanceof Error ? error : {}
  const code = '$fault' in Object(error) ? `S3${name}` : 'InternalServerError'
  return { status: 'FAILED', result: { FailureCode: code, FailureMessage: message } }
}
