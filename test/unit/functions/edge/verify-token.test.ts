import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bearerToken, createTokenVerifier, type TokenVerifier } from '#functions/edge/verify-token.ts'

const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_test'
const now = Date.parse('2026-03-31T01:00:00Z')
const claims = { token_use: 'access', client_id: 'web', username: 'user_1' }

const keys = { own: await generateKeyPair('RS256'), other: await generateKeyPair('RS256') }
const jwks = { keys: [{ ...(await exportJWK(keys.own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }] }

let server: Server
let reads = 0
let served: object = jwks
let status = 200
let jwksUrl: URL
let nowMs = now
let verify: TokenVerifier

beforeAll(async () => {
  server = createServer((_, response) => {
    reads += 1
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(served))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  jwksUrl = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks.json`)
})
afterAll(() => void server.close())
beforeEach(() => {
  reads = 0
  served = jwks
  status = 200
  nowMs = now
  verify = createTokenVerifier({ issuer, jwksUrl, clientIds: new Set(['web', 'erp']) }, () => nowMs)
})

type PrivateKey = typeof keys.own.privateKey
type Wishes = { key?: PrivateKey; kid?: string; iss?: string; expiresInS?: number }

function sign(
  payload: object = claims,
  { key = keys.own.privateKey, kid = 'own', iss = issuer, expiresInS = 3_600 }: Wishes = {},
) {
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(iss)
    .setExpirationTime(now / 1000 + expiresInS)
    .sign(key)
}

const unauthenticated = expect.objectContaining({ code: 'unauthenticated' })

describe('the token verifier', () => {
  it('tells a person by user id', async () =>
    expect(await verify(await sign())).toMatchObject({ who: { userId: 'user_1' } }))

  it('tells a program by client id', async () =>
    expect(await verify(await sign({ token_use: 'access', client_id: 'erp' }))).toMatchObject({
      who: { clientId: 'erp' },
    }))

  it('checks a token once and reads the keys once', async () => {
    const token = await sign()
    for (let i = 0; i < 100; i++) await verify(token)
    await verify(await sign({ ...claims, username: 'user_2' }))
    expect(reads).toBe(1)
  })

  it('forgets a token when it expires', async () => {
    const token = await sign(claims, { expiresInS: 60 })
    await verify(token)
    nowMs = now + 64_000
    await expect(verify(token)).resolves.toBeDefined()
    nowMs = now + 66_000
    await expect(verify(token)).rejects.toThrow('expired')
  })

  it.each([
    ['that has expired', () => sign(claims, { expiresInS: -6 })],
    ['of another issuer', () => sign(claims, { iss: `${issuer}2` })],
    ['of another application', () => sign({ ...claims, client_id: 'elsewhere' })],
    ['without an application', () => sign({ token_use: 'access', username: 'user_1' })],
    ['that is an id token', () => sign({ ...claims, token_use: 'id' })],
    ['signed by another key', () => sign(claims, { key: keys.other.privateKey })],
    ['that names a key nobody has', () => sign(claims, { kid: 'none' })],
    ['that is altered', async () => (await sign()).replace(/\.[^.]+\./, '.eyJ0b2tlbl91c2UiOiJhY2Nlc3MifQ.')],
    ['that is no JWT', async () => 'abc'],
    ['without a signature', async () => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`],
    [
      'signed with the public key as a secret',
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'own' })
          .setIssuer(issuer)
          .setExpirationTime(now / 1000 + 60)
          .sign(new TextEncoder().encode(JSON.stringify(jwks.keys[0]))),
    ],
  ])('refuses a token %s', async (_, make) => {
    await expect(verify(await make())).rejects.toThrow(unauthenticated)
  })

  it('takes a clock that is a little ahead', async () => {
    await expect(verify(await sign(claims, { expiresInS: -4 }))).resolves.toBeDefined()
  })

  it('blames itself, not the caller, when the keys cannot be read', async () => {
    status = 500
    await expect(verify(await sign())).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
    const nowhere = createTokenVerifier(
      { issuer, jwksUrl: new URL('http://127.0.0.1:1/'), clientIds: new Set() },
      () => now,
    )
    await expect(nowhere(await sign())).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  })
})

describe('the keys', () => {
  const named = (kid: string) => ({ keys: jwks.keys.map(key => ({ ...key, kid })) })
  const refused = expect.objectContaining({ code: 'unauthenticated' })

  it('are read once for all who ask at the same time', async () => {
    await Promise.all([1, 2, 3].map(async i => verify(await sign({ ...claims, username: `user_${i}` }))))
    expect(reads).toBe(1)
  })

  it('are read anew for a key that is not known, but not for each forged token', async () => {
    await verify(await sign())
    served = named('new')
    const token = await sign(claims, { kid: 'new' })
    await expect(verify(token)).rejects.toEqual(refused)
    expect(reads).toBe(1)
    nowMs = now + 31_000
    await expect(verify(token)).resolves.toBeDefined()
    for (let i = 0; i < 20; i++)
      await expect(verify(await sign(claims, { kid: `forged-${i}` }))).rejects.toEqual(refused)
    expect(reads).toBe(2)
  })

  it('are read anew every hour: one that was taken back is good no longer', async () => {
    await verify(await sign())
    served = named('new')
    nowMs = now + 3_599_000
    await verify(await sign({ ...claims, username: 'user_2' }, { expiresInS: 9_000 }))
    nowMs = now + 3_601_000
    await expect(verify(await sign({ ...claims, username: 'user_3' }, { expiresInS: 9_000 }))).rejects.toEqual(refused)
  })

  it('that are none are not the caller’s fault, and are asked for again', async () => {
    served = { keys: 'none' }
    await expect(verify(await sign())).rejects.toEqual(expect.objectContaining({ code: 'unavailable' }))
    served = jwks
    await expect(verify(await sign())).resolves.toBeDefined()
  })
})

describe('bearerToken', () => {
  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER  a.b.c '])('reads %j', header =>
    expect(bearerToken(header)).toBe('a.b.c'),
  )

  it.each([undefined, '', 'a.b.c', 'Basic a.b.c', 'Bearer', 'Bearer ', 'Bearer a b', 'Bearer a.b.c, Bearer d'])(
    'refuses %j',
    header => expect(() => bearerToken(header)).toThrow(unauthenticated),
  )
})
