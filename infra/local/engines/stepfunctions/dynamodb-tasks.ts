import { randomUUID } from 'node:crypto'
import { type Json, toJson } from './json.ts'
import { TaskError } from './task-error.ts'

/** Calls an operation of DynamoDB's API by its name there, as somebody; rejects with an error whose `code` is DynamoDB's. */
export type CallDynamoDb = (operation: string, input: unknown, caller: Caller) => Promise<unknown>

type Caller = { principal: string; may(action: string, resource: string): boolean }

type Handler = (input: Json, call: Caller & { callDynamoDb: CallDynamoDb }) => Promise<Json>

const operations = [
  'exportTableToPointInTime',
  'describeExport',
  'listExports',
  'importTable',
  'describeImport',
  'listImports',
  'describeTable',
  'deleteTable',
] as const

/** What DynamoDB's API declares as its errors; the SDK knows all others by the name of the service only. */
const declared = new Set([
  'ExportConflictException',
  'ExportNotFoundException',
  'ImportConflictException',
  'ImportNotFoundException',
  'InternalServerError',
  'InvalidExportTimeException',
  'LimitExceededException',
  'PointInTimeRecoveryUnavailableException',
  'ResourceInUseException',
  'ResourceNotFoundException',
  'TableNotFoundException',
])

/** Calls of the AWS SDK that a state can make itself, by what follows `arn:aws:states:::`. */
export const dynamoDbIntegrations: Readonly<Record<string, Handler>> = Object.fromEntries(
  operations.map(name => [`aws-sdk:dynamodb:${name}`, handlerOf(name.charAt(0).toUpperCase() + name.slice(1))]),
)

function handlerOf(operation: string): Handler {
  return async (input, { callDynamoDb, principal, may }) => {
    try {
      return toJson(await callDynamoDb(operation, input, { principal, may }))
    } catch (error) {
      throw toTaskError(error)
    }
  }
}

function toTaskError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return error
  // The SDK ends all its names alike.
  const name = declared.has(error.code) ? error.code.replace(/Error$/, 'ErrorException') : 'DynamoDbException'
  const status = 'status' in error ? error.status : 400
  const cause = `${error.message} (Service: DynamoDb, Status Code: ${status}, Request ID: ${randomUUID()})`
  return new TaskError(`DynamoDb.${name}`, cause)
}
