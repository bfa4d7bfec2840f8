import * as z from 'zod'
import type { Outcome } from '../../lambda/worker.ts'
import { type CallDynamoDb, dynamoDbIntegrations } from './dynamodb-tasks.ts'
import { assertPayload, type Json, toJson } from './json.ts'
import { TaskError } from './task-error.ts'

/** Runs a Lambda function, by name or ARN. */
export type Invoke = (nameOrArn: string, payload: unknown) => Promise<Outcome>

/** What a task may use. */
export type TaskCall = {
  invoke: Invoke
  callDynamoDb: CallDynamoDb
  /** Whom other services know the execution's role as. */
  principal: string
  /** Whether the execution's role may do an action on a resource. */
  may(action: string, resource: string): boolean
}

/** Runs one kind of task. */
type TaskHandler = (input: Json, call: TaskCall) => Promise<Json>

const lambdaArn = /^arn:[\w-]+:lambda:[^:]*:[^:]*:function:[^:]+/

const invokeInput = z.object({ FunctionName: z.string(), Payload: z.unknown() })

/** Service integrations, by what follows `arn:aws:states:::`. */
const integrations: Readonly<Record<string, TaskHandler>> = {
  'lambda:invoke': async (input, call) => {
    const { FunctionName, Payload } = invokeInput.parse(input)
    const result = await invokeLambda(FunctionName.replace(/:\$LATEST$/, ''), toJson(Payload), call)
    return { ExecutedVersion: '$LATEST', Payload: result, SdkHttpMetadata: { HttpStatusCode: 200 }, StatusCode: 200 }
  },
  ...dynamoDbIntegrations,
}

/** Whether a task with this Resource runs here. */
export function canRun(resource: string): boolean {
  return lambdaArn.test(resource) || Object.hasOwn(integrations, integrationOf(resource))
}

/** Runs a task; rejects with a TaskError, by the names that AWS gives. */
export async function runTask(resource: string, input: Json, call: TaskCall): Promise<Json> {
  assertPayload('The input of the task', input)
  const integration = integrations[integrationOf(resource)]
  const output = integration ? await integration(input, call) : await invokeLambda(resource, input, call)
  assertPayload('The output of the task', output)
  return output
}

function integrationOf(resource: string): string {
  return resource.replace(/^arn:[\w-]+:states:::/, '')
}

async function invokeLambda(resource: string, payload: Json, { invoke, may }: TaskCall): Promise<Json> {
  if (!may('lambda:InvokeFunction', resource)) {
    const message = `The workflow's role is not authorized to perform: lambda:InvokeFunction on resource: ${resource}`
    throw new TaskError('Lambda.AWSLambdaException', `${message} (Service: Lambda, Status Code: 403)`)
  }
  const outcome = await invoke(resource, payload)
  if (outcome.ok) return toJson(outcome.result)
  const { errorType, errorMessage } = outcome
  if (errorType === 'TooManyRequestsException') throw new TaskError(`Lambda.${errorType}`, errorMessage)
  throw new TaskError(errorType, JSON.stringify({ errorType, errorMessage }))
}
