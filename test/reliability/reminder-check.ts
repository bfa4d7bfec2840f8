import { parseArgs } from 'node:util'
import { proveReminders } from './reminder-proof.ts'

// npm run reminder-check -- --reminders 2000 : so many reminders due in one minute on a whole stack that is killed meanwhile, loses schedules and repeats events. Ends 1 when one is lost or told twice, or anything is given up.

const usage = `npm run reminder-check -- [--reminders 2000] [--kills 3] [--lead 120] [--planted unconditional|noSweep|undelivered]
  --lead     seconds until the minute in which all are due: the time to make them and their schedules
  --planted  plants a mistake, and must end 1`

const plants = ['unconditional', 'noSweep', 'undelivered'] as const

try {
  const { values } = parseArgs({
    options: {
      reminders: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '3' },
      lead: { type: 'string' },
      planted: { type: 'string' },
    },
  })
  const [reminders, kills] = [Number(values.reminders), Number(values.kills)]
  const leadS = Number(values.lead ?? Math.max(60, Math.ceil(reminders / 100)))
  const planted = plants.find(name => name === values.planted)
  const isRight = [reminders, kills, leadS].every(number => Number.isInteger(number) && number >= 0) && reminders > 0
  if (!isRight || (values.planted !== undefined && !planted)) throw new Error(usage)
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  console.log(`${reminders} reminders due in one minute, ${kills} kills, planted mistake: ${planted ?? 'none'}`)
  const started = Date.now()
  const log = (line: string) => console.log(`-- ${seconds(Date.now() - started)}: ${line}`)
  const { told, lost, twice, givenUp, lateness } = await proveReminders({ reminders, kills, leadS, planted, log })
  console.log(`told ${told}, lost ${lost.length}, told twice ${twice.length}; events and mails given up ${givenUp}`)
  console.log(
    `late by p50 ${seconds(lateness.p50)}, p99 ${seconds(lateness.p99)}, at most ${seconds(lateness.longest)}`,
  )
  const isKept = lost.length === 0 && twice.length === 0 && givenUp === 0
  console.log(
    isKept
      ? 'ok: each was told once, and nothing was given up'
      : 'BROKEN: not each was told once, or something was given up',
  )
  process.exitCode = isKept ? 0 : 1
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
