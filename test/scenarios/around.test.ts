import { describe, expect, it } from 'vitest'
import { useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

describe('who am I', () => {
  scenarios(crm, [
    {
      name: 'tells a person its role and what it may do',
      as: 'rep',
      get: '/v1/me',
      status: 200,
      json: {
        email: 'rep@example.com',
        role: { name: 'rep' },
        permissions: { customers: { read: 'own', fields: { tier: 'readOnly' } }, roles: { read: 'none' } },
      },
      events: [],
    },
    {
      name: 'tells a program its role',
      as: 'erp',
      get: '/v1/me',
      status: 200,
      json: { role: { name: 'integration' } },
    },
    { name: 'takes no parameters', as: 'rep', get: '/v1/me?verbose=1', status: 400, code: 'unknown_field' },
    { name: 'needs a token', get: '/v1/me', status: 401 },
  ])
})

describe('object definitions', () => {
  scenarios(crm, [
    {
      name: 'are listed with labels in both languages',
      as: 'rep',
      get: '/v1/objects',
      status: 200,
      also: reply => {
        const names = reply.json.items.map((item: { name: string }) => item.name)
        const people = ['user', 'role', 'team']
        const jobs = ['import', 'export', 'merge', 'refreshPlan', 'audit', 'auditItem']
        const told = [
          'notification',
          'qualityReport',
          'qualitySnapshot',
          'setting',
          'run',
          'backup',
          'accessAlert',
          'reminder',
        ]
        expect(names).toEqual(['customer', 'contact', 'activity', ...people, ...jobs, ...told])
        expect(reply.json.items[0].fields.name.label).toEqual({ en: 'Name', zh: '客户名称' })
      },
    },
    { name: 'are read by name', as: 'rep', get: '/v1/objects/customer', status: 200, json: { plural: 'customers' } },
    { name: 'are read by plural', as: 'rep', get: '/v1/objects/customers', status: 200, json: { name: 'customer' } },
    { name: 'are not there for other names', as: 'rep', get: '/v1/objects/__proto__', status: 404, code: 'not_found' },
  ])
})

describe('the service', () => {
  scenarios(crm, [
    { name: 'says that it is up', get: '/health', status: 200, json: { status: 'ok', version: '0.1.0' } },
    { name: 'takes no parameters at /health', get: '/health?deep=1', status: 400, code: 'unknown_field' },
    { name: 'has nothing at an unknown path', as: 'rep', get: '/v2/customers', status: 404, code: 'not_found' },
    { name: 'has nothing at the root', get: '/', status: 404, code: 'not_found' },
    { name: 'has nothing at the root, slash or not', get: '/v1/', status: 404 },
    {
      name: 'names the methods of a path',
      as: 'rep',
      put: '/v1/customers',
      body: {},
      status: 405,
      code: 'method_not_allowed',
      sends: { allow: 'POST, GET' },
    },
    {
      name: 'names the methods of a record',
      as: 'rep',
      post: '/v1/customers/x',
      body: {},
      status: 405,
      sends: { allow: 'GET, PATCH, DELETE' },
    },
    {
      name: 'does not take POST /v1/search for a new record',
      as: 'rep',
      post: '/v1/search',
      body: {},
      status: 405,
      sends: { allow: 'GET' },
    },
    {
      name: 'does not take PATCH of a definition for a change',
      as: 'rep',
      patch: '/v1/objects/customer',
      body: {},
      status: 405,
      sends: { allow: 'GET' },
    },
    { name: 'does not delete itself', delete: '/health', status: 405, sends: { allow: 'GET' } },
  ])

  it('offers no HEAD', async () => {
    const reply = await crm.send({ as: 'rep', method: 'HEAD', path: '/v1/customers' })
    expect(reply).toMatchObject({ status: 405, text: '' })
    expect(reply.headers['allow']).toBe('POST, GET')
  })

  it('gives every answer the id of its request, and each another', async () => {
    const replies = await Promise.all(['/health', '/v1/me', '/nowhere'].map(path => crm.send({ method: 'GET', path })))
    expect(new Set(replies.map(reply => reply.headers['x-request-id'])).size).toBe(3)
  })
})

describe('tokens', () => {
  const send = (authorization: string) => crm.send({ method: 'GET', path: '/v1/me', headers: { authorization } })
  const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it.each([
    ['no scheme', 'abc'],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['no token', 'Bearer '],
    ['no JWT', 'Bearer abc.def.ghi'],
    ['an unsigned JWT', `Bearer ${segment({ alg: 'none' })}.${segment({ username: 'user_1', token_use: 'access' })}.`],
    ['two tokens', 'Bearer a.b.c, Bearer d.e.f'],
  ])('with %s are refused', async (_, authorization) => {
    const reply = await send(authorization)
    expect(reply).toMatchObject({ status: 401, json: { code: 'unauthenticated' } })
    expect(reply.headers['www-authenticate']).toBe('Bearer')
  })

  it('are refused when altered', async () => {
    const token = await crm.stack().tokenFor('rep@example.com')
    const [head = '', , signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const admin = (await crm.send({ as: 'admin', method: 'GET', path: '/v1/me' })).json.id
    const forged = `${head}.${segment({ ...claims, username: admin })}.${signature}`
    expect((await send(`Bearer ${forged}`)).status).toBe(401)
    expect((await send(`Bearer ${token}`)).status).toBe(200)
  })

  it('are refused once expired', async () => {
    const token = await crm.stack().tokenFor('rep@example.com', { expiresInS: -60 })
    const reply = await send(`Bearer ${token}`)
    expect(reply).toMatchObject({ status: 401, json: { code: 'unauthenticated' } })
    expect(reply.json.detail).toContain('expired')
  })
})

describe('the documentation', () => {
  scenarios(crm, [
    {
      name: 'is a page without inline scripts or other sites',
      get: '/docs',
      status: 200,
      sends: { 'content-type': /^text\/html/, 'content-security-policy': /default-src 'none'; script-src 'self';/ },
      also: async (reply, _, crm) => {
        expect(reply.text).toContain('<title>Evergreen API</title>')
        expect(reply.text).not.toMatch(/<script>|https?:\/\//)
        const links = [...reply.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link)
        expect(links).toHaveLength(4)
        for (const link of links) expect((await crm.send({ method: 'GET', path: `/${link}` })).status).toBe(200)
      },
    },
    { name: 'has a script', get: '/docs/init.js', status: 200, sends: { 'content-type': /^text\/javascript/ } },
    {
      name: 'sends the viewer compressed',
      get: '/docs/swagger-ui-bundle.js',
      status: 200,
      sends: { 'content-encoding': 'gzip', etag: /^"\w+"$/ },
    },
    {
      name: 'sends the viewer plain to clients that cannot unpack',
      get: '/docs/swagger-ui.css',
      headers: { 'accept-encoding': 'identity' },
      status: 200,
      sends: { 'content-encoding': undefined },
      also: reply => expect(reply.text).toMatch(/^\.swagger-ui/),
    },
    { name: 'has no other files', get: '/docs/index.mjs', status: 404 },
    { name: 'does not walk up the folders', get: '/docs/..%2Findex.mjs', status: 404 },
  ])

  it('is not sent again to a browser that has it', async () => {
    for (const path of ['/docs', '/docs/swagger-ui.css', '/openapi.json']) {
      const { headers } = await crm.send({ method: 'GET', path })
      const again = await crm.send({ method: 'GET', path, headers: { 'if-none-match': headers['etag'] ?? '' } })
      expect(again, path).toMatchObject({ status: 304, text: '' })
    }
  })

  it('describes every path that is served, and no other', async () => {
    const { json } = await crm.send({ method: 'GET', path: '/openapi.json' })
    expect(json.openapi).toBe('3.1.0')
    for (const [path, operations] of Object.entries<object>(json.paths))
      for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
        const url = path.replaceAll(/\{\w+\}/g, 'x')
        const reply = await crm.send({ method: method.toUpperCase(), path: url, ...(method !== 'get' && { body: {} }) })
        const isServed = ![404, 405].includes(reply.status) || /^\/docs\/|^\/v1\/objects\//.test(url)
        // A literal path such as /v1/customers/batch is a record's path too: its other methods end at the token.
        if (method in operations) expect(isServed, `${method} ${path} -> ${reply.status}`).toBe(true)
        else expect([401, 404, 405], `${method} ${path} -> ${reply.status}`).toContain(reply.status)
      }
  })
})
