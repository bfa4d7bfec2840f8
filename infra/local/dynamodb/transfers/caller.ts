import { DynamoDbError } from '../client.ts'

/** Who calls, and what its policies allow. */
export type Caller = { principal: string; may(action: string, resource: string): boolean }

/** A developer's own key, which may do everything. */
export const developer: Caller = { principal: 'local', may: () => true }

/** Throws DynamoDB's AccessDeniedException unless the caller may do the action on the resource. */
export function demand({ principal, may }: Caller, action: string, resource: string): void {
  if (may(action, resource)) return
  const message = `User: ${principal} is not authorized to perform: ${action} on resource: ${resource}`
  throw new DynamoDbError('AccessDeniedException', 400, message)
}
