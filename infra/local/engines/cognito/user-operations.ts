import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Operation, operation } from '../json-server.ts'
import { listUsers } from './list-users.ts'
import { assertPolicy, hashPassword } from './password.ts'
import { findPool, type Pool, type Pools } from './pool.ts'
import { attributeEntries, userFields } from './user-fields.ts'
import { requireUser, type User, type UserAttributes, type UserStore } from './user-store.ts'

const attributes = z
  .array(z.object({ Name: z.string(), Value: z.string().default('') }))
  .default([])
  .transform(entries => Object.fromEntries(entries.map(({ Name, Value }) => [Name, Value])))
const onPool = z.object({ UserPoolId: z.string() })
const onUser = onPool.extend({ Username: z.string().min(1).max(128) })
const create = onUser.extend({ UserAttributes: attributes, TemporaryPassword: z.string().optional() })
const setPassword = onUser.extend({ Password: z.string(), Permanent: z.boolean().default(false) })
const list = onPool.extend({
  Filter: z.string().optional(),
  Limit: z.int().min(1).max(60).default(60),
  PaginationToken: z.string().optional(),
})

type UserContext = { pools: Pools; store: UserStore; now: () => number }

/** The administrator's operations on users. */
export function userOperations(context: UserContext): Record<string, Operation> {
  const { pools, store, now } = context
  const change = (pool: Pool, name: string, changes: Partial<User>): void => {
    store.put({ ...requireUser(store, pool, name), ...changes, modifiedAt: now() })
  }
  const names = onUser.extend({ UserAttributeNames: z.array(z.string()) })
  return {
    AdminCreateUser: adminOperation(context, 'AdminCreateUser', create, createUser),
    AdminGetUser: adminOperation(context, 'AdminGetUser', onUser, (_, pool, input) => {
      const user = requireUser(store, pool, input.Username)
      return { ...userFields(user), UserAttributes: attributeEntries(user) }
    }),
    AdminUpdateUserAttributes: adminOperation(
      context,
      'AdminUpdateUserAttributes',
      onUser.extend({ UserAttributes: attributes }),
      updateAttributes,
    ),
    AdminDeleteUserAttributes: adminOperation(context, 'AdminDeleteUserAttributes', names, (_, pool, input) => {
      const user = requireUser(store, pool, input.Username)
      const kept = Object.entries(user.attributes).filter(([name]) => !input.UserAttributeNames.includes(name))
      change(pool, user.username, { attributes: Object.fromEntries(kept) })
    }),
    AdminSetUserPassword: adminOperation(context, 'AdminSetUserPassword', setPassword, changePassword),
    AdminEnableUser: adminOperation(context, 'AdminEnableUser', onUser, (_, pool, input) => {
      change(pool, input.Username, { isEnabled: true })
    }),
    AdminDisableUser: adminOperation(context, 'AdminDisableUser', onUser, (_, pool, input) => {
      change(pool, input.Username, { isEnabled: false })
    }),
    AdminDeleteUser: adminOperation(context, 'AdminDeleteUser', onUser, (_, pool, input) => {
      const { username } = requireUser(store, pool, input.Username)
      store.revokeTokens(pool.id, username)
      store.delete(pool.id, username)
    }),
    AdminUserGlobalSignOut: adminOperation(context, 'AdminUserGlobalSignOut', onUser, (_, pool, input) => {
      store.revokeTokens(pool.id, requireUser(store, pool, input.Username).username)
    }),
    ListUsers: operation({
      input: list,
      needs: input => [{ action: 'cognito-idp:ListUsers', resource: findPool(pools, input.UserPoolId).arn }],
      run: input => listUsers(store, findPool(pools, input.UserPoolId), input),
    }),
    ...groupOperations(context),
  }
}

function groupOperations(context: UserContext): Record<string, Operation> {
  const input = onUser.extend({ GroupName: z.string() })
  const setMember = (pool: Pool, given: z.infer<typeof input>, isMember: boolean): void => {
    if (!pool.groups.includes(given.GroupName)) throw new AwsError('ResourceNotFoundException', 'Group not found.')
    const user = requireUser(context.store, pool, given.Username)
    const others = user.groups.filter(group => group !== given.GroupName)
    const groups = isMember ? [...others, given.GroupName] : others
    context.store.put({ ...user, groups, modifiedAt: context.now() })
  }
  return {
    AdminAddUserToGroup: adminOperation(context, 'AdminAddUserToGroup', input, (_, pool, given) =>
      setMember(pool, given, true),
    ),
    AdminRemoveUserFromGroup: adminOperation(context, 'AdminRemoveUserFromGroup', input, (_, pool, given) =>
      setMember(pool, given, false),
    ),
  }
}

function adminOperation<Input extends { UserPoolId: string }>(
  context: UserContext,
  name: string,
  input: z.ZodType<Input>,
  run: (context: UserContext, pool: Pool, input: Input) => unknown,
): Operation {
  return operation({
    input,
    needs: given => [{ action: `cognito-idp:${name}`, resource: findPool(context.pools, given.UserPoolId).arn }],
    run: given => run(context, findPool(context.pools, given.UserPoolId), given),
  })
}

async function createUser({ store, now }: UserContext, pool: Pool, input: z.infer<typeof create>) {
  const { TemporaryPassword: password } = input
  if (password !== undefined) assertPolicy(password, pool.passwordMinimumLength)
  const passwordHash = password === undefined ? null : await hashPassword(password)
  return store.transaction(() => {
    if (store.byUsername(pool.id, input.Username) !== undefined) {
      throw new AwsError('UsernameExistsException', 'User account already exists')
    }
    assertAliasFree(store, pool, input.Username, input.UserAttributes)
    const createdAt = now()
    const user: User = {
      pool: pool.id,
      username: input.Username,
      sub: randomUUID(),
      attributes: input.UserAttributes,
      groups: [],
      isEnabled: true,
      status: 'FORCE_CHANGE_PASSWORD',
      passwordHash,
      createdAt,
      modifiedAt: createdAt,
    }
    store.put(user)
    return { User: { ...userFields(user), Attributes: attributeEntries(user) } }
  })
}

function updateAttributes(
  { store, now }: UserContext,
  pool: Pool,
  input: { Username: string; UserAttributes: UserAttributes },
): void {
  const user = requireUser(store, pool, input.Username)
  const { email: oldEmail = '' } = user.attributes
  const { email: newEmail = oldEmail } = input.UserAttributes
  // A changed address is unverified, and so no alias, until someone says otherwise.
  const unverified = newEmail === oldEmail ? {} : { email_verified: 'false' }
  const merged = { ...user.attributes, ...unverified, ...input.UserAttributes }
  assertAliasFree(store, pool, user.username, merged)
  store.put({ ...user, attributes: merged, modifiedAt: now() })
}

async function changePassword(
  { store, now }: UserContext,
  pool: Pool,
  input: z.infer<typeof setPassword>,
): Promise<void> {
  const { username } = requireUser(store, pool, input.Username)
  assertPolicy(input.Password, pool.passwordMinimumLength)
  const passwordHash = await hashPassword(input.Password)
  const status = input.Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
  store.put({ ...requireUser(store, pool, username), passwordHash, status, modifiedAt: now() })
}

/** A verified e-mail address names one user at most, as it is an alias to sign in with. */
function assertAliasFree(store: UserStore, pool: Pool, username: string, attributes: UserAttributes): void {
  const { email, email_verified: verified } = attributes
  const owner = email !== undefined && verified === 'true' ? store.byVerifiedEmail(pool.id, email) : undefined
  if (owner === undefined || owner.username === username) return
  throw new AwsError('AliasExistsException', 'An account with the email already exists.')
}
