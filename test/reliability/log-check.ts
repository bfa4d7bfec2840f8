import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRandom } from '../bench/random.ts'
import { scratchRoot } from '../support/scratch.ts'
import { drawCall, type Running, send } from './log-calls.ts'
import { judgeLog } from './log-ledger.ts'

// npm run access-log-check -- --calls 10000 --kills 3 : mixed calls to a stack that is killed (-9) on the way, and its database apart; then the log is held against every answer.

const { values: flags } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '3' },
    clients: { type: 'string', default: '12' },
    seed: { type: 'string', default: '20261127' },
    mistake: { type: 'string', default: '' },
  },
})
const dataDir = mkdtempSync(join(scratchRoot, 'evergreen-log-check-'))
const random = createRandom(Number(flags.seed))
const answered = new Map<string, number>()
const ids: string[] = []
let broken = 0
let sent = 0
let stack = await start()

try {
  process.exitCode = await check()
} finally {
  stack.process.kill('SIGKILL')
  await sleep(500)
  rmSync(dataDir, { recursive: true, force: true })
}

async function check(): Promise<number> {
  const [calls, kills] = [Number(flags.calls), Number(flags.kills)]
  const startedAt = performance.now()
  for (let kill = 0; kill <= kills; kill++) {
    const until = Math.round(((kill + 1) / (kills + 1)) * calls)
    const running = Array.from({ length: Number(flags.clients) }, () => client(until))
    if (kill < kills) await killWhenNear(until, kill % 2 === 1 ? 'database' : 'stack')
    await Promise.all(running)
  }
  await drained()
  const verdict = await judgeLog(stack.running.s3, answered)
  const { lost, twice, wrong, unheard, ...counts } = verdict
  const statuses = Object.fromEntries(
    [...Map.groupBy(answered.values(), status => status)].map(([s, all]) => [s, all.length]).toSorted(),
  )
  console.log(
    `seed ${flags.seed}, ${sent} calls, ${kills} kills, ${((performance.now() - startedAt) / 1000).toFixed(0)} s${flags.mistake && `, planted: ${flags.mistake}`}`,
  )
  console.log(`answers by status: ${JSON.stringify(statuses)}; ${broken} connections broke`)
  console.log(JSON.stringify({ ...counts, lost: lost.length, twice: twice.length, wrong: wrong.length, unheard }))
  for (const id of [...lost, ...twice, ...wrong].slice(0, 5)) console.log(`  ${id} ${answered.get(id)}`)
  const isRight = lost.length + twice.length + wrong.length === 0 && unheard <= broken
  console.log(isRight ? 'The log tells of every call, each once.' : 'The log and the calls differ.')
  return isRight ? 0 : 1
}

async function client(until: number): Promise<void> {
  while (sent < until) {
    sent += 1
    const { running } = stack
    const answer = await send(running.url, drawCall(random, running, ids))
    if (!answer) broken += 1
    if (!answer) await sleep(100)
    if (answer) answered.set(answer.requestId, answer.status)
    if (answer?.status === 201) ids.push(JSON.parse(answer.json).id)
    // The gateway's limit gives some refusals, not mostly refusals.
    if (answer?.status === 429) await sleep(150)
  }
}

/** Half way to the next mark, in the midst of calls. */
async function killWhenNear(until: number, what: 'stack' | 'database'): Promise<void> {
  const mark = until - Math.round(Number(flags.calls) / (Number(flags.kills) + 1) / 2)
  while (sent < mark) await sleep(5)
  if (what === 'database') return killDatabase()
  const gone = new Promise(resolve => stack.process.once('exit', resolve))
  stack.process.kill('SIGKILL')
  await gone
  console.log(`killed the stack after ${sent} calls`)
  stack = await start()
}

/** The engine's own process; whoever supervises it starts it again, or the stack is started anew. */
async function killDatabase(): Promise<void> {
  const pids = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(stack.process.pid)], { encoding: 'utf8' })
  const pid = pids
    .split('\n')
    .find(line => line.includes('dynoxide'))
    ?.trim()
    .split(' ')[0]
  if (pid === undefined) throw new Error(`No database process under ${stack.process.pid}:\n${pids}`)
  process.kill(Number(pid), 'SIGKILL')
  console.log(`killed the database after ${sent} calls`)
  await sleep(1_500)
  const health = await send(stack.running.url, { method: 'GET', path: '/v1/me', token: stack.running.token })
  if (health) answered.set(health.requestId, health.status)
  else broken += 1
  if (health?.status === 200) return
  const gone = new Promise(resolve => stack.process.once('exit', resolve))
  stack.process.kill('SIGKILL')
  await gone
  stack = await start()
}

function start(): Promise<{ process: ChildProcess; running: Running }> {
  const child = fork(join(import.meta.dirname, 'log-check-stack.ts'), [dataDir, flags.mistake], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`The stack ended with code ${code}`)))
    child.on('message', message => {
      if (typeof message === 'object') resolve({ process: child, running: message as Running })
    })
  })
}

function drained(): Promise<void> {
  return new Promise(resolve => {
    stack.process.on('message', message => {
      if (message === 'drained') resolve()
    })
    stack.process.send('drain')
  })
}
