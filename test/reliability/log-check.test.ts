import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

// A small access-log-check; `npm run access-log-check` is the large one.
it('the log tells of every answered call, each once, when the stack is killed (seed 7)', async () => {
  const file = join(import.meta.dirname, 'log-check.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [
    file,
    '--calls',
    '300',
    '--kills',
    '1',
    '--seed',
    '7',
  ])
  expect(stdout).toContain('The log tells of every call, each once.')
  expect(stdout).toMatch(/"lost":0,"twice":0,"wrong":0/)
}, 300_000)
