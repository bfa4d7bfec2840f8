import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { synthesizeTenant } from '#infra/local/synthesize.ts'
import { synthesize } from '#infra/synth.ts'
import { alteredRoot } from '../support/altered-root.ts'
import type { Answer, Question } from './stack-messages.ts'

// Runs a stack for the process that forked it (stack-process.ts), ends with it and removes its data.

const [dataDir = '', without = ''] = process.argv.slice(2)
const tenant = 'local'

function tell(answer: Answer): void {
  process.send?.(answer)
}

async function reply(stack: LocalStack, question: Question): Promise<string> {
  if (question.ask === 'token') return stack.tokenFor(question.email)
  if (question.ask === 'drain') await stack.drain({ isWhole: question.isWhole })
  if (question.ask === 'clock') await stack.moveClock(question.offsetMs)
  if (question.ask === 'runAhead') await stack.runAhead(question.ms)
  if (question.ask === 'stop') await stack.stop()
  return ''
}

process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
// A Ctrl-C reaches this process too: it ends when the one that forked it is gone.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

/** The same functions, but for the telling of accesses: what the access log costs is measured against these. */
async function assemblyWithoutLog(): Promise<string> {
  process.env['CDK_VALIDATION'] = 'false'
  const root = alteredRoot(join(dataDir, 'altered'), {
    file: 'functions/edge/logged.ts',
    find: '    await line.publish(record)\n',
    replace: '',
  })
  return synthesize({ tenants: [tenant], outdir: join(dataDir, 'cloud'), root })
}

const assembly = without === 'access-log' ? await assemblyWithoutLog() : await synthesizeTenant(tenant, dataDir)
const stack = await startStack({ assembly, tenant, dataDir, port: 0, log: line => console.error(line) })

process.on('message', (question: Question) => {
  reply(stack, question)
    .then(text => tell({ id: question.id, text }))
    .catch(error => tell({ id: question.id, error: String(error) }))
    .finally(() => {
      if (question.ask === 'stop') process.exit(0)
    })
})
process.once('disconnect', () => {
  stack.stop().finally(() => process.exit(0))
})

const { url, endpoints, tableNames } = stack
tell({ running: { url, endpoints, tableNames } })
