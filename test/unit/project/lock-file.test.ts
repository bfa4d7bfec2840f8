import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod'

const entry = z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })
const lockFile = z.object({ packages: z.record(z.string(), entry) })
const text = readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8')
const { packages } = lockFile.parse(JSON.parse(text))

it('the lock file names every optional dependency, also those of other platforms: npm ci refuses it otherwise', () => {
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
  const missing = wanted.filter(name => !Object.keys(packages).some(path => path.endsWith(`node_modules/${name}`)))
  expect(wanted.length).toBeGreaterThan(50)
  expect(missing).toEqual([])
})

it('the lock file names no registry', () => {
  expect(text).not.toContain('"resolved"')
})
