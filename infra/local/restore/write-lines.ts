import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/**
 * Writes lines of a full export as its one file, which the engine loads in one go.
 * @returns how many there are.
 */
export async function writeLines(lines: AsyncIterable<string>, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true })
  const counter = { items: 0 }
  // Level 1: the file is read once and thrown away.
  const gzip = createGzip({ level: 1 })
  await pipeline(Readable.from(counted(lines, counter)), gzip, createWriteStream(join(folder, 'items.json.gz')))
  return counter.items
}

async function* counted(lines: AsyncIterable<string>, counter: { items: number }): AsyncGenerator<string> {
  for await (const line of lines) {
    counter.items += 1
    yield `${line}\n`
  }
}
