import type * as z from 'zod'
import { DynamoDbError } from '../client.ts'

/** Checks an operation's input; throws DynamoDB's ValidationException naming the first field that is wrong. */
export function parseInput<Shape extends z.ZodType>(shape: Shape, body: unknown): z.output<Shape> {
  const parsed = shape.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new DynamoDbError('ValidationException', 400, `${issue?.path.join('.') || 'input'}: ${issue?.message ?? ''}`)
}
