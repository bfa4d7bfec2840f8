import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEndpoints } from '#infra/local/endpoints-file.ts'
import { lockFolder } from '#infra/local/lock.ts'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { writeSmallAssembly } from './support/small-assembly.ts'

const directory = mkdtempSync(join(tmpdir(), 'evergreen-stack-'))
const assembly = join(directory, 'cloud')
const dataDir = join(directory, 'data')
const start = () => startStack({ assembly, tenant: 'small', dataDir, port: 0 })
const items = async (stack: LocalStack) => (await (await fetch(`${stack.url}/items`)).json()) as string[]
const put = (stack: LocalStack, id: string) => fetch(`${stack.url}/items/${id}`, { method: 'PUT' })

beforeAll(() => writeSmallAssembly(assembly))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('startStack', () => {
  it('runs what the template declares, from request to reaction, and keeps it for the next start', async () => {
    const stack = await start()
    expect(stack.tableNames).toEqual({ Table: 'Table' })
    expect(readEndpoints(dataDir)).toMatchObject({ url: stack.url, pid: process.pid, tables: ['Table'] })
    expect((await put(stack, 'one')).status).toBe(201)
    await stack.drain()
    expect((await items(stack)).toSorted()).toEqual(['one', 'seen-one'])
    await stack.stop()
    expect(readEndpoints(dataDir)).toBeUndefined()

    const again = await start()
    expect((await items(again)).toSorted()).toEqual(['one', 'seen-one'])
    await again.stop()
  })

  it('applies a custom resource as CloudFormation does, again at each start', () => {
    const known = JSON.parse(readFileSync(join(dataDir, 'custom-resources.json'), 'utf8'))
    expect(known).toEqual({ Seed: { physicalId: 'seeded', properties: expect.objectContaining({ count: '3' }) } })
  })

  it('refuses a function what its role does not allow', async () => {
    const stack = await start()
    await expect(stack.invoke('denied', {})).rejects.toThrow(
      /AccessDenied.*small|not authorized to perform: events:PutEvents/,
    )
    await stack.stop()
  })

  it('says which tenant is missing and leaves nothing locked', async () => {
    await expect(startStack({ assembly, tenant: 'other', dataDir, port: 0 })).rejects.toThrow(
      'No synthesized tenant "other"',
    )
    lockFolder(dataDir, 0).release()
  })
})

describe('lockFolder', () => {
  it('lets one process in at a time and names it', () => {
    const folder = join(directory, 'locked')
    const lock = lockFolder(folder)
    expect(() => lockFolder(folder, 20)).toThrow(`in use by process ${process.pid}`)
    lock.release()
    lockFolder(folder, 20).release()
  })

  it('is free again once its process is killed', async () => {
    const folder = join(directory, 'killed')
    const script = join(directory, 'hold.ts')
    const module = join(import.meta.dirname, '../../../infra/local/lock.ts')
    writeFileSync(
      script,
      `import { lockFolder } from '${module}'; lockFolder('${folder}'); process.send?.('held'); setInterval(() => {}, 1e6)`,
    )
    const child = fork(script)
    await new Promise(resolve => child.once('message', resolve))
    expect(() => lockFolder(folder, 20)).toThrow(`in use by process ${child.pid}`)
    child.kill('SIGKILL')
    await new Promise(resolve => child.once('exit', resolve))
    lockFolder(folder, 20).release()
  })
})
