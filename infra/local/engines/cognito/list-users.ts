import { AwsError } from '../aws-error.ts'
import type { Pool } from './pool.ts'
import { attributeEntries, userFields } from './user-fields.ts'
import type { User, UserStore } from './user-store.ts'

/** One page of a pool's users by username, filtered as Cognito does: `attribute = "value"` or `attribute ^= "prefix"`. */
export function listUsers(
  store: UserStore,
  pool: Pool,
  input: { Filter?: string | undefined; Limit: number; PaginationToken?: string | undefined },
) {
  const fits = input.Filter ? parseFilter(input.Filter) : () => true
  const after = Buffer.from(input.PaginationToken ?? '', 'base64url').toString()
  const found = store.after(pool.id, after).filter(fits)
  const page = found.slice(0, input.Limit)
  const last = found.length > page.length ? page.at(-1) : undefined
  return {
    Users: page.map(user => ({ ...userFields(user), Attributes: attributeEntries(user) })),
    PaginationToken: last && Buffer.from(last.username).toString('base64url'),
  }
}

function parseFilter(filter: string): (user: User) => boolean {
  const [, name, operator, value] = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter) ?? []
  if (name === undefined || value === undefined) {
    throw new AwsError('InvalidParameterException', `Error while parsing filter: ${filter}`)
  }
  const wanted = value.replace(/\\(.)/g, '$1')
  return user => {
    const actual = searchable(user)[name]
    return operator === '=' ? actual === wanted : actual?.startsWith(wanted) === true
  }
}

function searchable(user: User): Record<string, string> {
  return {
    ...user.attributes,
    sub: user.sub,
    username: user.username,
    'cognito:user_status': user.status,
    status: user.isEnabled ? 'Enabled' : 'Disabled',
  }
}
