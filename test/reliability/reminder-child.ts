import { startStack } from '#infra/local/stack.ts'

// Runs a stack for the process that forked it (reminder-stack.ts), on an assembly and a data folder that outlive it.

type Question = { id: number; ask: 'token' | 'drain' | 'sweep' | 'stop'; text?: string }

const [assembly = '', dataDir = ''] = process.argv.slice(2)
// A Ctrl-C reaches this process too: it ends when the one that forked it is gone.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

const stack = await startStack({ assembly, tenant: 'local', dataDir, port: 0, log: line => console.error(line) })

async function answer({ ask, text = '' }: Question): Promise<unknown> {
  if (ask === 'token') return stack.tokenFor(text)
  if (ask === 'drain') return stack.drain()
  if (ask === 'sweep') return stack.invoke('schedules/sweep-reminders', { kind: 'sweepReminders' })
  return stack.stop()
}

process.on('message', (question: Question) => {
  answer(question)
    .then(value => process.send?.({ id: question.id, value }))
    .catch(error => process.send?.({ id: question.id, error: String(error) }))
    .finally(() => {
      if (question.ask === 'stop') process.exit(0)
    })
})
process.once('disconnect', () => process.exit(1))

const { url, endpoints, tableNames } = stack
process.send?.({ running: { url, endpoints, tableNames } })
