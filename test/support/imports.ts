import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Caller, Crm, Reply } from './crm.ts'

/** How a file is imported. */
export type ImportWish = {
  as?: Caller
  object?: string
  file: string | Uint8Array
  fileName?: string
  /** Members of the start's body. */
  start?: object
}

/** Makes an import and sends its file; returns its id. */
export async function uploadFile(
  crm: Crm,
  { as = 'admin', file, fileName = 'people.csv' }: ImportWish,
): Promise<string> {
  const made = await crm.send({ as, method: 'POST', path: '/v1/imports', body: { fileName } })
  expect(made.status, made.text).toBe(201)
  const { url, method, headers } = made.json.upload
  const sent = await fetch(url, { method, headers, body: typeof file === 'string' ? file : Buffer.from(file) })
  expect(sent.status, await sent.text()).toBe(200)
  return made.json.id
}

/** Starts an import; the answer may be a refusal. */
export function startImport(crm: Crm, id: string, { as = 'admin', object = 'contacts', start = {} }: ImportWish) {
  return crm.send({ as, method: 'POST', path: `/v1/imports/${id}/start`, body: { object, ...start } })
}

/** Imports a file to its end and returns the import. */
export async function importFile(crm: Crm, wish: ImportWish): Promise<Reply['json']> {
  const id = await uploadFile(crm, wish)
  const started = await startImport(crm, id, wish)
  expect(started.status, started.text).toBe(202)
  return ended(crm, id, wish.as)
}

/** Waits for the end of an import, or of its undoing, and returns it. */
export async function ended(crm: Crm, id: string, as: Caller = 'admin'): Promise<Reply['json']> {
  for (let tries = 0; tries < 1_200; tries++) {
    const { json } = await crm.send({ as, method: 'GET', path: `/v1/imports/${id}` })
    if (['succeeded', 'failed', 'canceled', 'undone'].includes(json.state)) return json
    await sleep(50)
  }
  throw new Error(`${id} does not end`)
}

/** Undoes an import and waits for it. */
export async function undoImport(crm: Crm, id: string, as: Caller = 'admin'): Promise<Reply['json']> {
  const asked = await crm.send({ as, method: 'POST', path: `/v1/imports/${id}/undo`, body: {} })
  expect(asked.status, asked.text).toBe(202)
  return ended(crm, id, as)
}
