import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Bundles, bundleFunctions } from '#infra/bundle.ts'
import { type Entry, entries } from '#infra/entries.ts'
import { projectWith, temporaryFolder } from './support/synthesized.ts'

const callHandler = `console.log(JSON.stringify(await (await import('./index.mjs')).handler()))`

const project = join(import.meta.dirname, '../..')

const bundle = (bundles: Bundles, entry: Entry) => {
  const found = bundles.get(entry)
  if (!found) throw new Error(`There is no bundle of ${entry}`)
  return found
}

describe('the functions of this project', () => {
  let bundles: Bundles

  beforeAll(async () => {
    bundles = await bundleFunctions({ entries, root: project, outdir: temporaryFolder() })
  })

  // Somebody waits for an API call; a step of a workflow runs for minutes.
  const isStep = (entry: Entry) => entry.startsWith('workflows/')

  it.each(entries.filter(entry => !isStep(entry)))('%s reads at most 450 KB at a cold start', entry => {
    expect(bundle(bundles, entry).coldBytes / 1024).toBeLessThanOrEqual(450)
  })

  it.each(entries.filter(isStep))('%s reads at most 1,000 KB at a cold start', entry => {
    expect(bundle(bundles, entry).coldBytes / 1024).toBeLessThanOrEqual(1_000)
  })

  it.each(entries)('%s exports a handler', entry => {
    const source = readFileSync(join(bundle(bundles, entry).directory, 'index.mjs'), 'utf8')
    expect(source).toMatch(/export\{[^}]*\bhandler\b[^}]*\}/)
  })

  it('a function is loaded without what only its making needs, and without the code of fetch', () => {
    const { directory } = bundle(bundles, 'api/records')
    const code = readdirSync(directory).filter(file => file.endsWith('.mjs'))
    const texts = code.map(file => readFileSync(join(directory, file), 'utf8')).join('\n')
    expect(texts).not.toContain('Bad object definition')
    expect(texts).not.toMatch(/(from|import\()"(node:)?http"/)
    const load = `await import('./index.mjs'); console.log(process.moduleLoadList.filter(name => name.includes('undici')).join())`
    const env = { ...process.env, TENANT: '{}', AWS_REGION: 'eu-central-1' }
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', load], {
      cwd: directory,
      env,
      encoding: 'utf8',
    })
    expect([stdout.trim(), stderr]).toEqual(['', ''])
  })

  it('docs has its viewer with it, gzipped', () => {
    const assets = join(bundle(bundles, 'api/docs').directory, 'assets')
    expect(readdirSync(assets).sort()).toEqual(['LICENSE.gz', 'swagger-ui-bundle.js.gz', 'swagger-ui.css.gz'])
    expect(gunzipSync(readFileSync(join(assets, 'swagger-ui.css.gz'))).toString()).toContain('.swagger-ui')
  })
})

describe('bundling', () => {
  const sources = {
    'api/records': `
      import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
      import { shared } from './shared.ts'
      export const handler = async () => {
        const { lazy } = await import('./lazy.ts')
        const credentials = await new DynamoDBClient({ region: 'eu-central-1' }).config.credentials()
        return [shared, lazy, credentials.accessKeyId]
      }`,
    'api/search': `import { shared } from './shared.ts'; export const handler = async () => shared`,
    'api/shared': `export const shared = 'shared by two functions'`,
    'api/lazy': `export const lazy = 'needed late'`,
  }
  const root = projectWith(sources)
  const bundleSources = () =>
    bundleFunctions({ entries: ['api/records', 'api/search'], root, outdir: temporaryFolder() })
  const contents = (bundles: Bundles, entry: Entry) => {
    const { directory } = bundle(bundles, entry)
    return readdirSync(directory)
      .sort()
      .map(file => [file, readFileSync(join(directory, file), 'utf8')])
  }

  it('gives each function the chunks it needs and no other', async () => {
    const bundles = await bundleSources()
    const code = (entry: Entry) =>
      contents(bundles, entry)
        .map(([, text]) => text)
        .join('\n')
    expect(code('api/search')).toContain('shared by two functions')
    expect(code('api/search')).not.toContain('needed late')
    expect(code('api/records')).toContain('needed late')
  })

  it('counts as cold start what is imported statically', async () => {
    const { coldBytes, totalBytes } = bundle(await bundleSources(), 'api/records')
    expect(coldBytes).toBeLessThan(totalBytes)
    expect(coldBytes).toBeGreaterThan(50_000)
  })

  it('makes code that runs alone and takes credentials from the environment', async () => {
    const { directory } = bundle(await bundleSources(), 'api/records')
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', callHandler], {
      cwd: directory,
      env: { AWS_ACCESS_KEY_ID: 'from-the-environment', AWS_SECRET_ACCESS_KEY: 'secret' },
      encoding: 'utf8',
    })
    expect(JSON.parse(stdout)).toEqual(['shared by two functions', 'needed late', 'from-the-environment'])
  })

  it('links every file to its own source map', async () => {
    const { directory } = bundle(await bundleSources(), 'api/records')
    for (const file of readdirSync(directory).filter(name => name.endsWith('.mjs'))) {
      expect(readFileSync(join(directory, file), 'utf8')).toContain(`//# sourceMappingURL=${file}.map`)
      expect(existsSync(join(directory, `${file}.map`))).toBe(true)
    }
  })

  it('makes the same bytes wherever they are written, so that unchanged functions are not deployed again', async () => {
    const [first, second] = [await bundleSources(), await bundleSources()]
    expect(contents(first, 'api/records')).toEqual(contents(second, 'api/records'))
  })

  it('names every entry file that is missing', async () => {
    const bundling = bundleFunctions({
      entries: ['api/records', 'api/me', 'api/docs'],
      root,
      outdir: temporaryFolder(),
    })
    await expect(bundling).rejects.toThrow('functions/api/me.ts, functions/api/docs.ts not found')
  })
})
