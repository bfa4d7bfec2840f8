import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Makes a data folder. It is there once all of it is: until then it is made beside it, so that one interrupted leaves nothing
 * that could be taken for a whole.
 * @param work gets the folder to fill.
 * @throws Error when there is something in the folder already.
 */
export async function makeFolder<T>(folder: string, work: (working: string) => Promise<T>): Promise<T> {
  const into = resolve(folder)
  if (existsSync(into) && readdirSync(into).length > 0)
    throw new Error(`${into} is not empty: name a new folder by --into.`)
  const working = `${into}.restoring`
  rmSync(working, { recursive: true, force: true })
  const result = await work(working).catch(error => {
    rmSync(working, { recursive: true, force: true })
    throw error
  })
  if (existsSync(into)) rmdirSync(into)
  renameSync(working, into)
  return result
}
