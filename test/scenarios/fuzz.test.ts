import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { useCrm } from '../support/crm.ts'

const crm = useCrm()
const path = '/v1/customers'

describe('anything at all', () => {
  const fields = [
    'name',
    'kind',
    'emails',
    'phones',
    'website',
    'taxId',
    'address',
    'ownerId',
    'teamId',
    'tags',
    'externalIds',
    'verifyEvery',
    'lastContactedAt',
  ]
  const shaped = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 })
  const entry = fc.record(
    { value: fc.string({ unit: 'binary' }), system: fc.string(), id: fc.string() },
    { requiredKeys: [] },
  )
  const lists = fc.dictionary(
    fc.constantFrom('emails', 'phones', 'externalIds', 'tags'),
    fc.array(entry, { maxLength: 4 }),
  )
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 6 }),
    shaped,
    fc.tuple(shaped, lists).map(([a, b]) => ({ name: 'x', ...a, ...b })),
  )

  it.each([
    ['POST', '/v1/customers'],
    ['POST', '/v1/customers/batch'],
    ['PUT', '/v1/customers/external/erp/fuzz'],
  ])('in a body of %s %s gives an answer and never a 5xx', async (method, url) => {
    await fc.assert(
      fc.asyncProperty(anything, async body => {
        const reply = await crm.send({ as: 'rep', method, path: url, body: JSON.stringify(body) })
        expectContract({ method, path: url }, reply)
      }),
      { seed: 20_260_331, numRuns: 120 },
    )
  })

  it('in the place of the body gives an answer and never a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 200 })), async body => {
        const reply = await crm.send({ as: 'rep', method: 'POST', path, body })
        expectContract({ method: 'POST', path }, reply)
      }),
      { seed: 20_260_331, numRuns: 120 },
    )
  })

  it('in the query string gives an answer and never a 5xx', async () => {
    const names = fc.constantFrom('limit', 'cursor', 'filter', 'sort', 'owner', 'parent', 'trash', 'fields', 'x')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, fc.string({ unit: 'grapheme' })), { maxLength: 3 }), async pairs => {
        const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
        const reply = await crm.send({ as: 'rep', method: 'GET', path: `${path}?${query}` })
        expectContract({ method: 'GET', path }, reply)
      }),
      { seed: 20_260_331, numRuns: 150 },
    )
  })

  it('in the path gives an answer and never a 5xx', async () => {
    const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE')
    const steps = fc.array(
      fc.oneof(
        fc.constantFrom('v1', 'customers', 'external', 'batch', 'objects'),
        fc.string({ unit: 'grapheme', minLength: 1 }),
      ),
      { maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(methods, steps, async (method, parts) => {
        const url = `/${parts.map(part => encodeURIComponent(part)).join('/')}`
        const reply = await crm.send({ as: 'rep', method, path: url, ...(method !== 'GET' && { body: {} }) })
        expect(reply.status, `${method} ${url}: ${reply.text}`).toBeLessThan(500)
      }),
      { seed: 20_260_331, numRuns: 150 },
    )
  })
})
