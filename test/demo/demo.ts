import { type StackProcess, startStackProcess } from '../bench/stack-process.ts'
import { type Api, createApi } from './http.ts'
import { type LoadedPeople, loadPeople } from './load-people.ts'
import { showAlteredLog } from './scenes/altered-log.ts'
import { showCleanup } from './scenes/cleanup.ts'
import { showConflict } from './scenes/conflict.ts'
import { showRefusedDuplicates } from './scenes/duplicate.ts'
import { showImport } from './scenes/import.ts'
import { showMerge } from './scenes/merge.ts'
import { showReminder } from './scenes/reminder.ts'
import { showSafeRetry } from './scenes/retry.ts'
import { showRoles } from './scenes/roles.ts'
import { showSearch } from './scenes/search.ts'
import { showTimeline } from './scenes/timeline.ts'
import { showUndo } from './scenes/undo.ts'
import { showWhoViewed } from './scenes/who-viewed.ts'
import { heading, say, table } from './screen.ts'
import type { Cast, Stage } from './stage.ts'

// npm run demo: what a client of the HTTP API does on a working day, on a stack of its own that is gone afterwards.

type Timing = { what: string; ms: number }

type Scene = {
  what: string
  play(stage: Stage): Promise<void>
  /** Compares two looks at the same data: whatever reacts to earlier scenes must have ended. */
  isSettled?: true
}

const scenes: Scene[] = [
  { what: 'timeline', play: showTimeline },
  { what: 'edit conflict', play: showConflict },
  { what: 'safe retry', play: showSafeRetry },
  { what: 'undo, as it was', play: showUndo },
  { what: 'refused duplicates', play: showRefusedDuplicates },
  { what: 'search', play: showSearch },
  { what: 'import', play: showImport },
  { what: 'duplicates, merge', play: showMerge },
  { what: 'cleanup', play: showCleanup, isSettled: true },
  { what: 'reminder', play: showReminder, isSettled: true },
  { what: 'roles', play: showRoles },
  { what: 'who viewed a customer', play: showWhoViewed },
  { what: 'altered log', play: showAlteredLog, isSettled: true },
]

async function signIn(stack: StackProcess, api: Api): Promise<Cast> {
  const enter = async (name: string) => {
    const token = await stack.tokenFor(`${name}@example.com`)
    const { json } = await api.send({ as: { name, userId: '', token }, method: 'GET', path: '/v1/me' }, 200)
    return { name, token, userId: String(json.id) }
  }
  return {
    admin: await enter('admin'),
    manager: await enter('manager'),
    rep: await enter('rep'),
    rep2: await enter('rep2'),
    service: await enter('service'),
    auditor: await enter('auditor'),
  }
}

async function play(stack: StackProcess): Promise<{ loaded: LoadedPeople; timings: Timing[] }> {
  const api = createApi(stack.url)
  const cast = await signIn(stack, api)
  const loaded = await loadPeople(api, cast)
  const timings: Timing[] = []
  for (const scene of scenes) {
    if (scene.isSettled) await stack.drain()
    const started = performance.now()
    await scene.play({ api, cast, laptop: stack, ...loaded.featured })
    timings.push({ what: scene.what, ms: performance.now() - started })
  }
  return { loaded, timings }
}

function summarize({ loaded, timings }: { loaded: LoadedPeople; timings: Timing[] }, totalMs: number): void {
  heading('What was done 小结')
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const loads = loaded.counts.map(({ object, rows, created, rejected, ms }) => {
    const rate = `${Math.round((created / ms) * 1000)}/s`
    return [`${object} loaded`, String(rows), String(created), String(rejected), seconds(ms), rate]
  })
  const shown = timings.map(({ what, ms }) => [`${what} shown`, '', '', '', seconds(ms), ''])
  const rows = loaded.counts.reduce((sum, count) => sum + count.rows, 0)
  const total = ['all, start and end included', String(rows), '', '', seconds(totalMs), '']
  table([['what', 'rows', 'created', 'rejected', 'time', 'rate'], ...loads, ...shown, total])
}

const started = performance.now()
heading('Evergreen demo: a local stack of its own, used through its HTTP API only 通过 HTTP API 演示')
const stack = await startStackProcess('demo')
say(`Synthesized, bundled, started and seeded in ${((performance.now() - started) / 1000).toFixed(1)} s: ${stack.url}`)
try {
  const result = await play(stack)
  await stack.stop()
  summarize(result, performance.now() - started)
  say('Everything was as expected; the stack and its data are gone. 演示完成')
} catch (error) {
  console.error(error instanceof Error ? error.stack : error)
  process.exitCode = 1
  await stack.stop()
}
