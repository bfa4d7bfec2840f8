import type { User } from './user-store.ts'

/** A user as the API shows one, but for the attributes, whose name differs by operation. */
export function userFields(user: User) {
  return {
    Username: user.username,
    Enabled: user.isEnabled,
    UserStatus: user.status,
    UserCreateDate: user.createdAt / 1000,
    UserLastModifiedDate: user.modifiedAt / 1000,
  }
}

/** A user's attributes as the API lists them, `sub` among them. */
export function attributeEntries(user: User): { Name: string; Value: string }[] {
  return Object.entries({ ...user.attributes, sub: user.sub }).map(([Name, Value]) => ({ Name, Value }))
}
