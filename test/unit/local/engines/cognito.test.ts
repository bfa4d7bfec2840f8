import { generateKeyPairSync } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as sdk from '@aws-sdk/client-cognito-identity-provider'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cognito, startCognito } from '#infra/local/engines/cognito/start-cognito.ts'
import { clientOptions, errorName, newFolder } from './support/client-options.ts'

const UserPoolId = 'eu-central-1_local'
const issuer = `https://cognito-idp.eu-central-1.amazonaws.com/${UserPoolId}`
const password = 'correct horse battery'
const definition = {
  region: 'eu-central-1',
  groups: ['admins'],
  clients: [
    { id: 'web', name: 'web', flows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] },
    { id: 'erp', name: 'erp', secret: 's3cret', flows: ['client_credentials'], scopes: ['evergreen/api'] },
  ],
}

let dir: string
let cognito: Cognito
let client: sdk.CognitoIdentityProviderClient

async function start() {
  cognito = await startCognito({ dir })
  cognito.ensurePool(UserPoolId, definition)
  client = new sdk.CognitoIdentityProviderClient(clientOptions(cognito.url))
}

async function createUser(Username: string, email = `${Username}@example.com`) {
  const UserAttributes = [
    { Name: 'email', Value: email },
    { Name: 'email_verified', Value: 'true' },
  ]
  const created = await client.send(new sdk.AdminCreateUserCommand({ UserPoolId, Username, UserAttributes }))
  const permanent = { UserPoolId, Username, Password: password, Permanent: true }
  await client.send(new sdk.AdminSetUserPasswordCommand(permanent))
  return created
}

async function signIn(USERNAME: string, PASSWORD = password) {
  const AuthParameters = { USERNAME, PASSWORD }
  return client.send(new sdk.InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'web', AuthParameters }))
}

function refresh(REFRESH_TOKEN = '') {
  const AuthParameters = { REFRESH_TOKEN }
  return client.send(new sdk.InitiateAuthCommand({ AuthFlow: 'REFRESH_TOKEN_AUTH', ClientId: 'web', AuthParameters }))
}

function jwks() {
  return createRemoteJWKSet(new URL(`${cognito.url}/${UserPoolId}/.well-known/jwks.json`))
}

beforeAll(async () => {
  dir = newFolder()
  await start()
})

afterAll(() => cognito.stop())

describe('tokens', () => {
  it('of a person have exactly Cognito’s claims and verify against the published key', async () => {
    const { User } = await createUser('user_1')
    const { AuthenticationResult: tokens } = await signIn('user_1@example.com')
    const { payload } = await jwtVerify(tokens?.AccessToken ?? '', jwks(), { issuer })
    expect(Object.keys(payload).sort()).toEqual(
      [
        'sub',
        'iss',
        'client_id',
        'origin_jti',
        'event_id',
        'token_use',
        'scope',
        'auth_time',
        'exp',
        'iat',
        'jti',
        'username',
      ].sort(),
    )
    expect(payload).toMatchObject({ client_id: 'web', token_use: 'access', username: 'user_1' })
    expect(payload.sub).toBe(User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value)
    expect(decodeJwt(tokens?.IdToken ?? '')).toMatchObject({ aud: 'web', token_use: 'id', email: 'user_1@example.com' })
  })

  it('that another key signed are refused, with or without the published key’s id', async () => {
    const genuine = cognito.accessTokenFor(UserPoolId, 'user_1')
    const { kid } = decodeProtectedHeader(genuine)
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const forged = await new SignJWT(decodeJwt(genuine))
      .setProtectedHeader({ alg: 'RS256', kid: kid ?? '' })
      .sign(privateKey)
    const foreign = await new SignJWT(decodeJwt(genuine))
      .setProtectedHeader({ alg: 'RS256', kid: 'x' })
      .sign(privateKey)
    const [header, , signature] = genuine.split('.')
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(genuine), username: 'user_2' })).toString('base64url')
    expect(await errorName(jwtVerify(genuine, jwks(), { issuer }))).toBe('no error')
    expect(await errorName(jwtVerify(forged, jwks(), { issuer }))).toBe('JWSSignatureVerificationFailed')
    expect(await errorName(jwtVerify(foreign, jwks(), { issuer }))).toBe('JWKSNoMatchingKey')
    expect(await errorName(jwtVerify(`${header}.${claims}.${signature}`, jwks(), { issuer }))).toBe(
      'JWSSignatureVerificationFailed',
    )
  })

  it('for npm run token last as long as asked', async () => {
    const {
      iat = 0,
      exp,
      username,
    } = decodeJwt(cognito.accessTokenFor(UserPoolId, 'USER_1@example.com', { expiresInS: -5 }))
    expect(exp).toBe(iat - 5)
    expect(username).toBe('user_1')
    expect(() => cognito.accessTokenFor(UserPoolId, 'nobody@example.com')).toThrow(/does not exist/)
  })

  it('carry the groups of a person who has some', async () => {
    await client.send(new sdk.AdminAddUserToGroupCommand({ UserPoolId, Username: 'user_1', GroupName: 'admins' }))
    expect(decodeJwt(cognito.accessTokenFor(UserPoolId, 'user_1'))['cognito:groups']).toEqual(['admins'])
    await client.send(new sdk.AdminRemoveUserFromGroupCommand({ UserPoolId, Username: 'user_1', GroupName: 'admins' }))
    const unknown = { UserPoolId, Username: 'user_1', GroupName: 'pirates' }
    expect(await errorName(client.send(new sdk.AdminAddUserToGroupCommand(unknown)))).toBe('ResourceNotFoundException')
  })

  it('of a machine come from its client id and secret', async () => {
    const ask = async (form: Record<string, string>, secret = 's3cret') => {
      const authorization = `Basic ${Buffer.from(`erp:${secret}`).toString('base64')}`
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...form })
      const response = await fetch(`${cognito.url}/oauth2/token`, { method: 'POST', headers: { authorization }, body })
      const answer = (await response.json()) as { access_token: string }
      return { status: response.status, body: answer }
    }
    const { status, body } = await ask({})
    const { payload } = await jwtVerify(body.access_token, jwks(), { issuer })
    expect(status).toBe(200)
    expect(payload).toMatchObject({ client_id: 'erp', sub: 'erp', scope: 'evergreen/api', token_use: 'access' })
    expect(payload).not.toHaveProperty('username')
    expect(await ask({}, 'wrong')).toEqual({ status: 400, body: { error: 'invalid_client' } })
    expect((await ask({ scope: 'evergreen/admin' })).body).toEqual({ error: 'invalid_scope' })
    expect((await ask({ grant_type: 'password' })).body).toEqual({ error: 'unsupported_grant_type' })
  })

  it('and the key that signs them stay after a restart', async () => {
    const before = cognito.accessTokenFor(UserPoolId, 'user_1')
    await cognito.stop()
    await start()
    expect(await errorName(jwtVerify(before, jwks(), { issuer }))).toBe('no error')
    expect((await signIn('user_1')).AuthenticationResult?.AccessToken).toBeDefined()
  })

  it('are described to clients', async () => {
    const response = await fetch(`${cognito.url}/${UserPoolId}/.well-known/openid-configuration`)
    expect(await response.json()).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` })
    expect((await fetch(`${cognito.url}/other/.well-known/jwks.json`)).status).toBe(404)
  })
})

describe('signing in', () => {
  it('is refused for a wrong password, an unknown and a disabled user', async () => {
    await createUser('user_2')
    await client.send(new sdk.AdminDisableUserCommand({ UserPoolId, Username: 'user_2' }))
    expect(await errorName(signIn('user_1', 'wrong password'))).toBe('NotAuthorizedException')
    expect(await errorName(signIn('nobody'))).toBe('NotAuthorizedException')
    expect(await errorName(signIn('user_2'))).toBe('NotAuthorizedException')
    expect(() => cognito.accessTokenFor(UserPoolId, 'user_2')).toThrow(/disabled/)
    await client.send(new sdk.AdminEnableUserCommand({ UserPoolId, Username: 'user_2' }))
    expect(await errorName(signIn('user_2'))).toBe('no error')
  })

  it('can be refreshed until everybody is signed out', async () => {
    const { AuthenticationResult: first } = await signIn('user_1')
    const { AuthenticationResult: second } = await refresh(first?.RefreshToken)
    const claims = [first, second].map(tokens => decodeJwt(tokens?.AccessToken ?? ''))
    expect(claims[1]?.['origin_jti']).toBe(claims[0]?.['origin_jti'])
    expect(claims[1]?.jti).not.toBe(claims[0]?.jti)
    await client.send(new sdk.AdminUserGlobalSignOutCommand({ UserPoolId, Username: 'user_1' }))
    expect(await errorName(refresh(first?.RefreshToken))).toBe('NotAuthorizedException')
  })

  it('with a temporary password asks for a new one of 12 characters', async () => {
    const invited = { UserPoolId, Username: 'user_3', TemporaryPassword: 'temporary password' }
    await client.send(new sdk.AdminCreateUserCommand(invited))
    const answer = async (NEW_PASSWORD: string) => {
      const { ChallengeName, Session } = await signIn('user_3', 'temporary password')
      const ChallengeResponses = { USERNAME: 'user_3', NEW_PASSWORD }
      return client.send(
        new sdk.RespondToAuthChallengeCommand({ ClientId: 'web', ChallengeName, Session, ChallengeResponses }),
      )
    }
    expect(await errorName(answer('elevenchars'))).toBe('InvalidPasswordException')
    expect((await answer(password)).AuthenticationResult?.AccessToken).toBeDefined()
    expect((await signIn('user_3')).AuthenticationResult?.AccessToken).toBeDefined()
  })

  it('is only possible by the flows of the client', async () => {
    const AuthParameters = { USERNAME: 'user_1', PASSWORD: password }
    const attempt = { AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'erp', AuthParameters } as const
    expect(await errorName(client.send(new sdk.InitiateAuthCommand(attempt)))).toBe('InvalidParameterException')
  })
})

describe('users', () => {
  it('have one name and one address each', async () => {
    await createUser('user_4')
    expect(await errorName(createUser('user_4', 'other@example.com'))).toBe('UsernameExistsException')
    expect(await errorName(createUser('user_5', 'User_4@example.com'))).toBe('AliasExistsException')
    const short = { UserPoolId, Username: 'user_4', Password: 'short', Permanent: true }
    expect(await errorName(client.send(new sdk.AdminSetUserPasswordCommand(short)))).toBe('InvalidPasswordException')
  })

  it('are read, changed, found by address and deleted', async () => {
    await createUser('user_6')
    const UserAttributes = [
      { Name: 'email', Value: 'new@example.com' },
      { Name: 'email_verified', Value: 'true' },
    ]
    await client.send(new sdk.AdminUpdateUserAttributesCommand({ UserPoolId, Username: 'user_6', UserAttributes }))
    const Filter = 'email = "new@example.com"'
    const { Users } = await client.send(new sdk.ListUsersCommand({ UserPoolId, Filter }))
    const user = await client.send(new sdk.AdminGetUserCommand({ UserPoolId, Username: 'new@example.com' }))
    expect(Users?.map(({ Username }) => Username)).toEqual(['user_6'])
    expect(user).toMatchObject({ Username: 'user_6', Enabled: true, UserStatus: 'CONFIRMED' })
    expect(user.UserAttributes).toContainEqual({ Name: 'email', Value: 'new@example.com' })
    await client.send(new sdk.AdminDeleteUserCommand({ UserPoolId, Username: 'user_6' }))
    const gone = client.send(new sdk.AdminGetUserCommand({ UserPoolId, Username: 'user_6' }))
    expect(await errorName(gone)).toBe('UserNotFoundException')
  })

  it('are listed page by page', async () => {
    const first = await client.send(new sdk.ListUsersCommand({ UserPoolId, Limit: 2 }))
    const { PaginationToken } = first
    const second = await client.send(new sdk.ListUsersCommand({ UserPoolId, Limit: 60, PaginationToken }))
    const names = [...(first.Users ?? []), ...(second.Users ?? [])].map(({ Username }) => Username)
    expect(first.Users).toHaveLength(2)
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('cannot be read by whom the authorizer refuses', async () => {
    const guarded = await startCognito({ dir: newFolder(), authorize: () => false })
    guarded.ensurePool(UserPoolId, definition)
    const stranger = new sdk.CognitoIdentityProviderClient(clientOptions(guarded.url, 'Stranger'))
    expect(await errorName(stranger.send(new sdk.ListUsersCommand({ UserPoolId })))).toBe('AccessDeniedException')
    await guarded.stop()
  })

  it('leave no readable password or key on disk', async () => {
    const files = await readdir(dir)
    const modes = await Promise.all(files.map(async file => (await stat(join(dir, file))).mode & 0o077))
    const contents = await Promise.all(files.map(file => readFile(join(dir, file))))
    expect(modes.every(mode => mode === 0)).toBe(true)
    expect(contents.some(content => content.includes(password))).toBe(false)
  })
})
