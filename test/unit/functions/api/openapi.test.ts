import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { isOffered, openApiDocument } from '#functions/api/openapi/document.ts'
import { meanings } from '#functions/edge/problem.ts'
import { routes } from '#schemas/api/routes.ts'
import { standardObjects } from '#schemas/registry.ts'

const document = JSON.parse(JSON.stringify(openApiDocument(standardObjects)))
const objects = standardObjects.all

type Operation = {
  operationId: string
  summary: string
  tags: string[]
  responses: Record<string, object>
  security?: object[]
  requestBody?: { content: Record<string, { schema: object; example: object }> }
}
const operations: [string, Operation][] = Object.entries<Record<string, Operation>>(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
)

describe('the OpenAPI document', () => {
  it('describes every route of the table for every object, and no other', () => {
    const served = routes.flatMap(route => {
      const { method, path } = route
      if (!path.includes('{object}')) return [`${method} ${path}`]
      const offered = objects.filter(object => isOffered(route, object))
      return offered.map(object => `${method} ${path.replace('{object}', object.plural)}`)
    })
    // A job is read by a route of its own, which stands before that of all objects.
    expect(operations.map(([name]) => name).toSorted()).toEqual([...new Set(served)].toSorted())
  })

  it('asks for a token where the table does', () => {
    const isPublic = new Map<string, boolean>(
      routes.map(({ method, path, isPublic }) => [`${method} ${path}`, isPublic]),
    )
    for (const [name, operation] of operations)
      expect(operation.security, name).toEqual(isPublic.get(name) ? [] : undefined)
    expect(document.security).toEqual([{ bearerAuth: [] }])
  })

  it('gives each operation its own name, a summary, a tag that is described and its errors', () => {
    expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length)
    const tags = new Set(document.tags.map((tag: { name: string }) => tag.name))
    for (const [name, operation] of operations) {
      expect(operation.summary, name).toMatch(/^[A-Z]/)
      expect(
        operation.tags.every(tag => tags.has(tag)),
        name,
      ).toBe(true)
      expect(
        Object.keys(operation.responses).some(status => status.startsWith('4')),
        name,
      ).toBe(true)
    }
  })

  it('names operations after what they do', () => {
    expect(operations.map(([, { operationId }]) => operationId)).toEqual(
      expect.arrayContaining([
        'createCustomer',
        'findActivities',
        'runContactBatch',
        'readCustomerTimeline',
        'upsertUser',
      ]),
    )
  })

  it('describes every code the API can answer with', () => {
    const text = JSON.stringify(document.components.responses)
    for (const code of Object.keys(meanings).filter(code => code !== 'method_not_allowed'))
      expect(text).toContain(`\`${code}\``)
  })

  it('labels every object and field in Chinese too', () => {
    const { Customer } = document.components.schemas
    expect(Customer['x-label-zh']).toBe('客户')
    expect(Customer.properties.name).toMatchObject({ title: 'Name', 'x-label-zh': '客户名称' })
  })

  it('shows every field of every object', () => {
    const typeOf = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
    // What has routes of its own for all that is read of it has shapes of its own.
    const shown = objects.filter(({ name, readOnly }) => !readOnly || typeOf(name) in document.components.schemas)
    expect(shown.length).toBeGreaterThanOrEqual(objects.length - 2)
    for (const { name, fields, readOnly } of shown) {
      const type = typeOf(name)
      for (const form of readOnly ? [type] : [type, `${type}Input`, `${type}Patch`])
        expect(Object.keys(document.components.schemas[form].properties)).toEqual(
          expect.arrayContaining(Object.keys(fields)),
        )
    }
  })

  it('gives examples that fit their own schemas', () => {
    const $defs = JSON.parse(
      JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
    )
    const bodies = operations.flatMap(([name, { requestBody }]) =>
      Object.values(requestBody?.content ?? {}).map(content => ({ name, ...content })),
    )
    expect(bodies.length).toBeGreaterThan(30)
    for (const { name, schema, example } of bodies) {
      const judge = z.fromJSONSchema({
        ...JSON.parse(JSON.stringify(schema).replace('#/components/schemas/', '#/$defs/')),
        $defs,
      })
      expect(judge.safeParse(example).error?.issues, `${name} ${JSON.stringify(example)}`).toBeUndefined()
    }
  })
})

describe('the linters', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-openapi-'))
  const file = join(folder, 'openapi.json')
  const ruleset = join(folder, 'spectral.yaml')
  const bin = (name: string) => join(import.meta.dirname, '../../../../node_modules/.bin', name)
  // A failing linter exits with 1, and execFile rejects with its output.
  const run = (name: string, ...args: string[]) =>
    promisify(execFile)(bin(name), args, { cwd: folder, env: { ...process.env, REDOCLY_TELEMETRY: 'off', CI: 'true' } })

  beforeAll(() => {
    writeFileSync(file, JSON.stringify(document, null, 2))
    writeFileSync(ruleset, 'extends: spectral:oas\n')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('of Redocly (recommended) has nothing to say', async () => {
    const { stdout, stderr } = await run('redocly', 'lint', file, '--max-problems=1000')
    expect(`${stdout}${stderr}`).not.toMatch(/warning|error/i)
  })

  it('of Spectral (oas) has nothing to say', async () => {
    const { stdout } = await run('spectral', 'lint', '--fail-severity=hint', '--ruleset', ruleset, file)
    expect(stdout).toContain('No results')
  })
})
