import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const root = mkdtempSync(join(tmpdir(), 'evergreen-engines-'))

// Registered before any hook of the test file, and so run after all of them: the engines have stopped by then.
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** An empty folder for one engine, removed when the test file is done. */
export function newFolder(): string {
  return mkdtempSync(join(root, 'engine-'))
}

/** How a test's SDK client reaches an engine, as a principal. */
export function clientOptions(endpoint: string, principal = 'local', secret = 'local') {
  return {
    endpoint,
    region: 'eu-central-1',
    maxAttempts: 1,
    credentials: { accessKeyId: principal, secretAccessKey: secret },
  }
}

/** The name of the error that a promise ends with. */
export async function errorName(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'no error'
  } catch (error) {
    return (error as Error).name
  }
}
