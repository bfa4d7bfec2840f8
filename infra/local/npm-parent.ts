import { readFileSync } from 'node:fs'

/** Who orphans are handed to. */
const init = 1

/** Answers a question to ask now and then: is the npm that started this process gone? Never, if none did. */
export function watchNpm(): () => boolean {
  const isStartedByNpm = process.env['npm_config_user_agent']?.startsWith('npm/') === true
  const parent = process.ppid
  if (!isStartedByNpm) return () => false
  // Where there is no /proc (macOS), the shell between npm and this process gives way to it, so the parent is npm itself.
  if (statOf(parent) === undefined) return () => process.ppid !== parent
  // A script of npm's that starts this process by itself hands npm's environment on: it is the one that ends it.
  const isScriptOfNpm = !hasNpmAbove(parent) && parent !== init
  return isScriptOfNpm ? () => false : () => !hasNpmAbove(process.ppid)
}

/** Whether a process is npm, or the shell that npm runs a script with. */
function hasNpmAbove(pid: number): boolean {
  const { name = '', parent = 0 } = statOf(pid) ?? {}
  if (/^(ba|da)?sh$/.test(name)) return statOf(parent)?.name.startsWith('npm') === true
  return name.startsWith('npm')
}

function statOf(pid: number): { name: string; parent: number } | undefined {
  try {
    const [, name = '', parent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { name, parent: Number(parent) }
  } catch {
    return undefined
  }
}
