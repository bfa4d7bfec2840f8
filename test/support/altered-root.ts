import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A change of the code of the functions, by what it replaces. */
export type Alteration = { file: string; find: string; replace: string }

const project = join(import.meta.dirname, '../..')

/** Copies the code of the functions into a folder, altered; bundles can be made from there. */
export function alteredRoot(folder: string, { file, find, replace }: Alteration): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const name of ['functions', 'lib', 'schemas', 'package.json'])
    cpSync(join(project, name), join(folder, name), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  const code = readFileSync(join(folder, file), 'utf8')
  if (!code.includes(find)) throw new Error(`The alteration does not fit ${file} any more: ${find}`)
  writeFileSync(join(folder, file), code.replace(find, replace))
  return folder
}
