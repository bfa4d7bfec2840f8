import { fork } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import {
  dataOf,
  exportEnd,
  exported,
  type Ground,
  importEnd,
  imported,
  itemsOf,
  newDirectory,
  scan,
  startGround,
  table,
} from './support.ts'

const directory = newDirectory()

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Lets a process of its own begin an export or import on the folder, and kills it in the midst of it. */
async function kill(kind: 'export' | 'import', prefix = ''): Promise<string> {
  const child = fork(join(import.meta.dirname, 'ground-child.ts'), [directory, kind, prefix], { execArgv: [] })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const arn = await new Promise<string>((resolve, reject) => {
    child.once('message', message => resolve(String(message)))
    child.once('exit', code => reject(new Error(`The process ended with code ${code}`)))
  })
  // Long enough for its thread to have begun, not for its end.
  await sleep(250)
  child.kill('SIGKILL')
  await ended
  return arn
}

async function onGround<Result>(work: (ground: Ground) => Promise<Result>): Promise<Result> {
  const ground = await startGround(directory)
  try {
    return await work(ground)
  } finally {
    await ground.halt()
  }
}

describe('a kill', () => {
  it('in the midst of an export leaves it failed, never running, and its token free for the next', async () => {
    const ExportArn = await kill('export')
    await onGround(async ground => {
      expect(await exportEnd(ground, ExportArn)).toMatchObject({
        ExportStatus: 'FAILED',
        FailureMessage: 'The process that made it ended.',
      })
      const again = await exported(ground, { ClientToken: 'killed' })
      expect(again).toMatchObject({ ExportStatus: 'COMPLETED', ItemCount: 3000 })
      expect(again.ExportArn).not.toBe(ExportArn)
      expect(await itemsOf(ground, again)).toEqual(await scan(ground))
    })
  })

  it('in the midst of an import leaves no table that is half there, and the next makes it whole', async () => {
    const source = await onGround(async ground => dataOf(await exported(ground)))
    const ImportArn = await kill('import', source)
    await onGround(async ground => {
      expect(await importEnd(ground, ImportArn)).toMatchObject({ ImportStatus: 'FAILED' })
      const { TableNames } = await ground.call('ListTables', {})
      expect(TableNames).toEqual(['Bare', table.name])
      const again = await imported(ground, source, 'Scratch', { ClientToken: 'killed' })
      expect(again).toMatchObject({ ImportStatus: 'COMPLETED', ImportedItemCount: 3000 })
      expect(await scan(ground, 'Scratch')).toEqual(await scan(ground))
    })
  })

  it('of the engine alone stops neither an export nor an import', async () => {
    await onGround(async ground => {
      const killEngine = async () => {
        await sleep(250)
        process.kill(Number(readFileSync(join(directory, 'engine.pid'), 'utf8')), 'SIGKILL')
      }
      const isUp = () => expect.poll(() => ground.call('ListTables', {}).catch(() => undefined)).toBeDefined()
      const [description] = await Promise.all([exported(ground), killEngine()])
      expect(description).toMatchObject({ ExportStatus: 'COMPLETED', ItemCount: 3000 })
      await isUp()
      const [end] = await Promise.all([imported(ground, dataOf(description), 'Survivor'), killEngine()])
      expect(end).toMatchObject({ ImportStatus: 'COMPLETED', ImportedItemCount: 3000 })
      await isUp()
      expect(await scan(ground, 'Survivor')).toEqual(await scan(ground))
    })
  })
})
