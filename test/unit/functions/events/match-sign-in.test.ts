import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  AliasExistsException,
  CognitoIdentityProviderClient,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { matchSignIn } from '#functions/events/match-sign-in.ts'
import type { StoredRecord } from '#lib/store/items.ts'

const cognito = mockClient(CognitoIdentityProviderClient)
const pool = { id: 'pool', client: new CognitoIdentityProviderClient({ region: 'eu-west-1' }) }
const said = { message: 'x', $metadata: {} }

beforeEach(() => void cognito.reset())

const user = (fields = {}, more: Partial<StoredRecord> = {}): StoredRecord => ({
  id: 'user_1',
  object: 'user',
  version: 1,
  fields: { email: 'li.na@example.com', name: 'Li Na', status: 'active', ...fields },
  createdAt: '',
  createdBy: '',
  updatedAt: '',
  updatedBy: '',
  ...more,
})

const exists = (email = 'li.na@example.com', verified = 'true', Enabled = true) =>
  cognito.on(AdminGetUserCommand).resolves({
    Enabled,
    UserAttributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: verified },
    ],
  })
const isMissing = () => cognito.on(AdminGetUserCommand).rejects(new UserNotFoundException(said))

/** Names of the commands that change something, in order. */
const done = () =>
  cognito
    .calls()
    .map(call => call.args[0].constructor.name)
    .filter(name => name !== AdminGetUserCommand.name)

describe('a sign-in', () => {
  it('is made for a new user, who is invited by mail', async () => {
    isMissing()
    await matchSignIn(pool, user())
    expect(done()).toEqual([AdminCreateUserCommand.name])
    expect(cognito.commandCalls(AdminCreateUserCommand)[0]?.args[0].input).toEqual({
      UserPoolId: 'pool',
      Username: 'user_1',
      DesiredDeliveryMediums: ['EMAIL'],
      UserAttributes: [
        { Name: 'email', Value: 'li.na@example.com' },
        { Name: 'email_verified', Value: 'true' },
      ],
    })
  })

  it('is left alone when it is as the record says', async () => {
    exists()
    await matchSignIn(pool, user())
    expect(done()).toEqual([])
  })

  it('gets a new address', async () => {
    exists('old@example.com')
    await matchSignIn(pool, user())
    expect(done()).toEqual([AdminUpdateUserAttributesCommand.name])
  })

  it('is closed with all its sessions for a disabled user, who keeps the address', async () => {
    exists()
    await matchSignIn(pool, user({ status: 'disabled' }))
    expect(done()).toEqual([AdminDisableUserCommand.name, AdminUserGlobalSignOutCommand.name])
  })

  it('is closed for a deleted user, whose address is free for another', async () => {
    exists()
    await matchSignIn(pool, user({}, { deletedAt: '2026-03-31T01:00:00.000Z' }))
    expect(done()).toEqual([
      AdminUpdateUserAttributesCommand.name,
      AdminDisableUserCommand.name,
      AdminUserGlobalSignOutCommand.name,
    ])
    const attributes = cognito.commandCalls(AdminUpdateUserAttributesCommand)[0]?.args[0].input.UserAttributes
    expect(attributes).toContainEqual({ Name: 'email_verified', Value: 'false' })
  })

  it('is opened again for a restored user', async () => {
    exists('li.na@example.com', 'false', false)
    await matchSignIn(pool, user())
    expect(done()).toEqual([AdminUpdateUserAttributesCommand.name, AdminEnableUserCommand.name])
  })

  it.each([
    ['a user who is disabled from the start', user({ status: 'disabled' })],
    ['a user who is deleted already', user({}, { deletedAt: '2026-03-31T01:00:00.000Z' })],
    ['a program', user({ clientId: 'erp' })],
    ['another object', user({}, { object: 'team' })],
  ])('is not made for %s', async (_, record) => {
    isMissing()
    await matchSignIn(pool, record)
    expect(done()).toEqual([])
  })

  it('is brought up to date when somebody else has just made it', async () => {
    isMissing()
    cognito.on(AdminCreateUserCommand).callsFake(() => {
      exists('old@example.com')
      throw new UsernameExistsException(said)
    })
    await matchSignIn(pool, user())
    expect(done()).toEqual([AdminCreateUserCommand.name, AdminUpdateUserAttributesCommand.name])
  })

  it('waits for its turn while another one still holds the address', async () => {
    isMissing()
    cognito.on(AdminCreateUserCommand).rejects(new AliasExistsException(said))
    await expect(matchSignIn(pool, user())).rejects.toThrow(AliasExistsException)
  })
})
