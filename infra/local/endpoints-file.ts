import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { dataFolder } from './settings.ts'

const endpointsShape = z.object({
  pid: z.number(),
  url: z.string(),
  admin: z.object({ url: z.string(), secret: z.string() }),
  /** Base URL of each emulated AWS service. */
  endpoints: z.record(z.string(), z.string()),
  tables: z.array(z.string()),
  /** What the function that writes digests is told of buckets and keys. */
  accessLog: z.record(z.string(), z.string()).optional(),
})

/** Where a running stack can be reached; for the token command and for tools of a developer. */
export type Endpoints = z.infer<typeof endpointsShape>

/** Writes the file that says where the stack runs; only its owner may read it. */
export function writeEndpoints(dataDir: string, endpoints: Endpoints): void {
  const file = pathOf(dataDir)
  writeFileSync(`${file}.new`, JSON.stringify(endpoints, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Reads where a stack runs, or ran until it was killed; undefined when none has run or it was stopped. */
export function readEndpoints(dataDir: string): Endpoints | undefined {
  try {
    return endpointsShape.parse(JSON.parse(readFileSync(pathOf(dataDir), 'utf8')))
  } catch {
    return undefined
  }
}

/** Where the stack on the data folder can be reached; throws, saying what to do, when none runs. */
export function runningStack(): Endpoints {
  const folder = dataFolder()
  const running = readEndpoints(folder)
  if (!running) throw new Error(`Nothing runs on ${folder}: npm start`)
  return running
}

/** Removes the file of a stack that stops. */
export function removeEndpoints(dataDir: string): void {
  rmSync(pathOf(dataDir), { force: true })
}

function pathOf(dataDir: string): string {
  return join(dataDir, 'endpoints.json')
}
