import { spawn } from 'node:child_process'
import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/**
 * Synthesizes a tenant into `<dataDir>/cloud`, in a process of its own so that the memory of the CDK is given back.
 * It works in a folder named after this process and takes its place when done: a killed start leaves no half assembly.
 */
export async function synthesizeTenant(tenant: string, dataDir: string): Promise<string> {
  const cloud = join(dataDir, 'cloud')
  const working = `${cloud}.${process.pid}`
  removeLeftovers(dataDir)
  await run([join(root, 'infra', 'app.ts'), '-c', `tenant=${tenant}`, '-o', working])
  rmSync(cloud, { recursive: true, force: true })
  renameSync(working, cloud)
  return cloud
}

/** Removes what killed starts have left; their synthesis may still be writing, then a later start removes it. */
function removeLeftovers(dataDir: string): void {
  for (const name of readdirSync(dataDir).filter(entry => entry.startsWith('cloud.'))) {
    try {
      rmSync(join(dataDir, name), { recursive: true, force: true })
    } catch (error) {
      const isBeingWritten = error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY'
      if (!isBeingWritten) throw error
    }
  }
}

/** Without the CDK's own template validation, which takes half of the time here and is done by npm run synth and the tests. */
function run(nodeArguments: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CDK_VALIDATION: 'false' }
    const child = spawn(process.execPath, nodeArguments, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const end = () => void child.kill()
    process.once('exit', end)
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => output.push(text))
    child.once('error', reject)
    child.once('close', code => {
      process.off('exit', end)
      if (code === 0) return resolve()
      reject(new Error(`Synthesizing failed:\n${output.join('').trim()}`))
    })
  })
}
