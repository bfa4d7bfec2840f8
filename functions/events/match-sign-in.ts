import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider'
import type { StoredRecord } from '#lib/store/items.ts'

/** A Cognito user pool and the connection to it. */
export type UserPool = { id: string; client: CognitoIdentityProviderClient }

/** A sign-in as Cognito has it, or is to have it. */
type SignIn = { email: string; isVerified: boolean; isEnabled: boolean }

/** Makes the sign-in of a person what the user record says; programs sign in by their client id and have none. */
export async function matchSignIn(pool: UserPool, user: StoredRecord): Promise<void> {
  if (user.object !== 'user' || user.fields['clientId'] !== undefined) return
  const wanted = wantedSignIn(user)
  const has = (await findSignIn(pool, user.id)) ?? (await invite(pool, user.id, wanted))
  if (!has) return
  if (has.email !== wanted.email || has.isVerified !== wanted.isVerified) await setEmail(pool, user.id, wanted)
  if (has.isEnabled !== wanted.isEnabled) await (wanted.isEnabled ? enable : disable)(pool, user.id)
}

/** A deleted user's address is given free (unverified) for another user, as the record's unique e-mail is. */
function wantedSignIn({ fields, deletedAt }: StoredRecord): SignIn {
  const isDeleted = deletedAt !== undefined
  return {
    email: String(fields['email']),
    isVerified: !isDeleted,
    isEnabled: !isDeleted && fields['status'] !== 'disabled',
  }
}

async function findSignIn({ id, client }: UserPool, username: string): Promise<SignIn | undefined> {
  try {
    const user = await client.send(new AdminGetUserCommand({ UserPoolId: id, Username: username }))
    const attribute = (name: string) => user.UserAttributes?.find(({ Name }) => Name === name)?.Value ?? ''
    return {
      email: attribute('email'),
      isVerified: attribute('email_verified') === 'true',
      isEnabled: user.Enabled ?? true,
    }
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined
    throw error
  }
}

/** Cognito mails the invitation. Who may not sign in is not invited: undefined. */
async function invite({ id, client }: UserPool, username: string, wanted: SignIn): Promise<SignIn | undefined> {
  if (!wanted.isEnabled) return undefined
  try {
    await client.send(
      new AdminCreateUserCommand({
        UserPoolId: id,
        Username: username,
        UserAttributes: emailAttributes(wanted),
        DesiredDeliveryMediums: ['EMAIL'],
      }),
    )
    return wanted
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error
    return findSignIn({ id, client }, username)
  }
}

async function setEmail({ id, client }: UserPool, username: string, wanted: SignIn): Promise<void> {
  const UserAttributes = emailAttributes(wanted)
  await client.send(new AdminUpdateUserAttributesCommand({ UserPoolId: id, Username: username, UserAttributes }))
}

async function enable({ id, client }: UserPool, username: string): Promise<void> {
  await client.send(new AdminEnableUserCommand({ UserPoolId: id, Username: username }))
}

/** Refresh tokens end at once; access tokens are refused by us, since the user is disabled. */
async function disable({ id, client }: UserPool, username: string): Promise<void> {
  await client.send(new AdminDisableUserCommand({ UserPoolId: id, Username: username }))
  await client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: id, Username: username }))
}

function emailAttributes({ email, isVerified }: SignIn) {
  return [
    { Name: 'email', Value: email },
    { Name: 'email_verified', Value: String(isVerified) },
  ]
}
