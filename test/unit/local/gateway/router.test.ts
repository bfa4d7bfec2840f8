import { describe, expect, it } from 'vitest'
import { createRouter } from '#infra/local/gateway/router.ts'

const keys = [
  'POST /v1/{object}',
  'GET /v1/{object}',
  'POST /v1/{object}/batch',
  'GET /v1/{object}/{id}',
  'PATCH /v1/{object}/{id}',
  'POST /v1/{object}/{id}/restore',
  'PUT /v1/{object}/external/{system}/{externalId}',
  'GET /v1/search',
  'GET /v1/objects/{name}',
  'GET /files/{path+}',
  'ANY /files/{path+}',
  'ANY /any',
  'GET /any',
  'GET /{one}/two',
  'GET /greedy/{rest+}',
  'GET /',
  '$default',
]
const route = createRouter(keys.map(routeKey => ({ routeKey, target: routeKey })))

describe('createRouter', () => {
  it.each([
    ['GET', '/v1/search', 'GET /v1/search', undefined],
    ['POST', '/v1/search', 'POST /v1/{object}', { object: 'search' }],
    ['GET', '/v1/customers', 'GET /v1/{object}', { object: 'customers' }],
    ['GET', '/v1/objects/customer', 'GET /v1/objects/{name}', { name: 'customer' }],
    ['PATCH', '/v1/objects/customer', 'PATCH /v1/{object}/{id}', { object: 'objects', id: 'customer' }],
    ['POST', '/v1/customers/batch', 'POST /v1/{object}/batch', { object: 'customers' }],
    ['GET', '/v1/customers/batch', 'GET /v1/{object}/{id}', { object: 'customers', id: 'batch' }],
    ['POST', '/v1/customers/c%2F1/restore', 'POST /v1/{object}/{id}/restore', { object: 'customers', id: 'c/1' }],
    [
      'PUT',
      '/v1/customers/external/erp/42',
      'PUT /v1/{object}/external/{system}/{externalId}',
      { object: 'customers', system: 'erp', externalId: '42' },
    ],
    ['GET', '/files/a/b/c', 'GET /files/{path+}', { path: 'a/b/c' }],
    ['DELETE', '/files/a', 'ANY /files/{path+}', { path: 'a' }],
    ['GET', '/any', 'GET /any', undefined],
    ['POST', '/any', 'ANY /any', undefined],
    ['GET', '/greedy/two', 'GET /{one}/two', { one: 'greedy' }],
    ['GET', '/greedy/three', 'GET /greedy/{rest+}', { rest: 'three' }],
    ['GET', '/', 'GET /', undefined],
    ['GET', '/v1/', '$default', undefined],
    ['GET', '/v1/customers/', '$default', undefined],
    ['DELETE', '/v1/customers', '$default', undefined],
    ['GET', '/nowhere/at/all', '$default', undefined],
  ])('%s %s -> %s', (method, path, target, pathParameters) => {
    expect(route(method, path)).toEqual({ routeKey: target, target, pathParameters })
  })

  it('finds nothing without a $default route', () => {
    expect(createRouter([{ routeKey: 'GET /a', target: 1 }])('GET', '/b')).toBeUndefined()
  })

  it('throws for a variable that is not valid percent-encoding', () => {
    expect(() => route('GET', '/v1/customers/%E0%A4%A')).toThrow(URIError)
  })
})
