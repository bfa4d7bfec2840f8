import { type ChildProcess, fork } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { synthesizeTenant } from '#infra/local/synthesize.ts'
import { synthesize } from '#infra/synth.ts'
import { scratchRoot } from '../support/scratch.ts'

/** Where a stack can be reached. */
type Running = { url: string; endpoints: Record<string, string>; tableNames: Record<string, string> }
type Ask = 'token' | 'drain' | 'sweep' | 'stop'
type Told = { running: Running } | { id: number; value?: unknown; error?: string }

/** A stack in a process of its own that can be killed and started again. */
export type ReminderStack = {
  running(): Running
  ask(ask: Ask, text?: string): Promise<unknown>
  /** kill -9, and a new start on what is left. */
  killAndStart(): Promise<void>
  end(): Promise<void>
}

const project = join(import.meta.dirname, '../..')

/** The functions that can have a mistake, by its name. */
const mistaken = {
  unconditional: 'functions/events/fire-reminders.ts',
  undelivered: 'functions/events/deliver-notifications.ts',
}
type Mistake = keyof typeof mistaken

/** Starts a stack; a planted mistake stands in for its function. */
export async function startReminderStack(planted: Mistake | undefined): Promise<ReminderStack> {
  const dataDir = mkdtempSync(join(scratchRoot, 'evergreen-reminder-check-'))
  const assembly = planted === undefined ? await synthesizeTenant('local', dataDir) : await plant(planted, dataDir)
  let current = await start(assembly, dataDir)
  return {
    running: () => current.running,
    ask: (ask, text) => current.ask(ask, text),
    killAndStart: async () => {
      current.child.kill('SIGKILL')
      await exit(current.child)
      current = await start(assembly, dataDir)
    },
    end: async () => {
      await current.ask('stop').catch(() => undefined)
      await exit(current.child)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The project once more, all of it the same but one function. */
async function plant(mistake: Mistake, dataDir: string): Promise<string> {
  const root = join(dataDir, 'planted')
  cpSync(join(project, 'functions'), join(root, 'functions'), { recursive: true })
  cpSync(join(project, 'package.json'), join(root, 'package.json'))
  for (const name of ['lib', 'schemas', 'node_modules']) symlinkSync(join(project, name), join(root, name))
  cpSync(join(import.meta.dirname, 'planted', `${mistake}.ts`), join(root, mistaken[mistake]))
  process.env['CDK_VALIDATION'] = 'false'
  return synthesize({ tenants: ['local'], outdir: join(dataDir, 'cloud'), root })
}

async function start(assembly: string, dataDir: string) {
  const child = fork(join(import.meta.dirname, 'reminder-child.ts'), [assembly, dataDir], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const running = await new Promise<Running>((resolve, reject) => {
    child.once('exit', () => {
      const error = new Error('The stack has ended')
      reject(error)
      for (const each of waiting.values()) each.reject(error)
    })
    child.on('message', (told: Told) => {
      if ('running' in told) return resolve(told.running)
      const asked = waiting.get(told.id)
      waiting.delete(told.id)
      if (told.error === undefined) asked?.resolve(told.value)
      else asked?.reject(new Error(told.error))
    })
  })
  let last = 0
  const ask = (what: Ask, text?: string) =>
    new Promise<unknown>((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      child.send({ id: last, ask: what, ...(text !== undefined && { text }) })
    })
  return { child, running, ask }
}

function exit(child: ChildProcess): Promise<unknown> {
  const hasEnded = child.exitCode !== null || child.signalCode !== null
  return hasEnded ? Promise.resolve() : new Promise(resolve => child.once('exit', resolve))
}
