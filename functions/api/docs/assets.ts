import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Swagger UI's files, packed into the function's folder as `assets/<name>.gz`; nothing else is ever read. */
const assetTypes: ReadonlyMap<string, string> = new Map([
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['LICENSE', 'text/plain; charset=utf-8'],
])

/** A file of the documentation page, compressed. */
export type Asset = { type: string; gzipped: Buffer }

const loaded = new Map<string, Asset>()

/** The packed file of that name; undefined for any other. */
export function readAsset(name: string): Asset | undefined {
  const type = assetTypes.get(name)
  if (type === undefined) return undefined
  const known = loaded.get(name)
  if (known) return known
  const asset = { type, gzipped: readFileSync(join(import.meta.dirname, 'assets', `${name}.gz`)) }
  loaded.set(name, asset)
  return asset
}
