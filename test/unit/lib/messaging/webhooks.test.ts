import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPublicAddress } from '#lib/messaging/public-address.ts'
import { sendWebhook } from '#lib/messaging/send-webhook.ts'
import { signWebhook, verifyWebhook } from '#lib/messaging/webhook-signature.ts'
import { isWebhookUrl } from '#schemas/https-url.ts'
import { refusalOf } from '../../../support/table.ts'

const shared = join(import.meta.dirname, '../../../data/standard-webhooks.json')
type Vector = {
  name: string
  expect: 'accept' | 'reject'
  secret: string
  id: string
  timestamp: number
  payload: string
  signature: string
  now: number
}
const vectors: Vector[] = JSON.parse(readFileSync(shared, 'utf8'))

describe('signatures of Standard Webhooks', () => {
  it('the published vector comes out as published', () => {
    const [spec] = vectors
    expect(spec && signWebhook(spec.secret, spec)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it.each(vectors.map(vector => [vector.expect, vector.name, vector] as const))('%s: %s', (verdict, _, vector) => {
    expect(verifyWebhook(vector.secret, vector, vector.now)).toBe(verdict === 'accept')
  })
})

describe('addresses that a webhook may go to', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '172.32.0.1', '100.63.255.255'])('%s is open', address => {
    expect(isPublicAddress(address, { loopback: false })).toBe(true)
  })

  it.each([
    '127.0.0.1',
    '127.1.2.3',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'localhost',
    '',
  ])('%s is not', address => {
    expect(isPublicAddress(address, { loopback: false })).toBe(false)
  })

  it('this machine’s own is, on a laptop, and no other of its addresses', () => {
    expect(isPublicAddress('127.0.0.1', { loopback: true })).toBe(true)
    expect(isPublicAddress('127.0.0.2', { loopback: true })).toBe(false)
    expect(isPublicAddress('169.254.169.254', { loopback: true })).toBe(false)
  })

  it.each(['https://hooks.example.com/a?b=c', 'http://127.0.0.1:9000/'])('%s can be set', url => {
    expect(isWebhookUrl(url)).toBe(true)
  })

  it.each([
    'http://hooks.example.com',
    'https://user:secret@hooks.example.com',
    'ftp://hooks.example.com',
    'file:///etc/passwd',
    'hooks',
    'http://localhost/',
    '',
  ])('%s cannot', url => {
    expect(isWebhookUrl(url)).toBe(false)
  })
})

describe('a webhook on its way', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const got: { headers: IncomingHttpHeaders; body: string }[] = []
  let status = 200
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      got.push({ headers: request.headers, body: await text(request) })
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`
  })
  afterAll(() => server.close())
  const at = new Date('2026-03-02T01:00:00Z')
  const message = { id: 'msg_ntf_1', at, payload: '{"type":"notification.created","data":{"title":"给华兴回电"}}' }
  const send = (more = {}) => sendWebhook({ url, secret, loopback: true, ...more }, message)

  it('arrives as its receiver can verify it', async () => {
    await send()
    const { headers, body } = got.at(-1) ?? { headers: {}, body: '' }
    const content = {
      id: String(headers['webhook-id']),
      timestamp: Number(headers['webhook-timestamp']),
      payload: body,
    }
    const signature = String(headers['webhook-signature'])
    expect(body).toBe(message.payload)
    expect(verifyWebhook(secret, { ...content, signature }, at.getTime() / 1000)).toBe(true)
    expect(verifyWebhook(secret, { ...content, payload: `${body} `, signature }, at.getTime() / 1000)).toBe(false)
  })

  it.each([302, 400, 410, 500])('is to be tried again after %i; a redirect is not followed', async answer => {
    status = answer
    expect(await refusalOf(send())).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(String(answer)),
    })
    status = 200
  })

  it.each([
    ['this machine', () => ({ loopback: false })],
    ['AWS’s metadata', () => ({ url: 'https://169.254.169.254/latest/meta-data' })],
    ['a name that leads to this machine', () => ({ url: 'https://localhost/', loopback: false })],
    ['an address in another spelling', () => ({ url: 'https://2130706433/', loopback: false })],
    ['IPv6 of this machine', () => ({ url: 'https://[::1]/' })],
    ['plain http elsewhere', () => ({ url: 'http://8.8.8.8/' })],
  ])('never calls %s', async (_, more) => {
    const before = got.length
    expect(await refusalOf(send(more()))).toMatchObject({ code: 'validation_failed', errors: [{ code: 'not_public' }] })
    expect(got).toHaveLength(before)
  })

  it('is to be tried again when nobody answers', async () => {
    expect(await refusalOf(send({ url: 'http://127.0.0.1:1/' }))).toMatchObject({ code: 'unavailable' })
  })
})
