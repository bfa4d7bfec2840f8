import type { Authorize } from './engines/engine.ts'
import type { EventBridge } from './engines/eventbridge/start-eventbridge.ts'
import type { Kms } from './engines/kms/start-kms.ts'
import type { S3Engine } from './engines/s3/start-s3.ts'
import type { Ses } from './engines/ses/start-ses.ts'
import type { Sqs } from './engines/sqs/start-sqs.ts'
import type { StepFunctions } from './engines/stepfunctions/start-stepfunctions.ts'
import type { Functions } from './lambda/functions.ts'
import type { LogSubscriptions } from './log-subscriptions.ts'
import type { LocalAddresses } from './names.ts'
import type { Resolve } from './resolve.ts'
import type { Admin } from './services/admin.ts'
import type { SignIn } from './services/cognito.ts'
import type { DynamoDb } from './services/dynamodb.ts'
import type { ClockedScheduler } from './services/scheduler.ts'
import type { EventSource } from './streams/stream-source.ts'
import type { Assembly } from './template.ts'

/** What services leave behind for those that start after them. */
export type Started = {
  dynamodb: DynamoDb
  kms: Kms
  s3: S3Engine
  sqs: Sqs
  eventbridge: EventBridge
  stepfunctions: StepFunctions
  scheduler: ClockedScheduler
  cognito: SignIn
  ses: Ses
  admin: Admin
  functions: Functions
  logs: LogSubscriptions
  eventSources: readonly EventSource[]
}

/** Everything that a service is started with. */
export type Context = {
  assembly: Assembly
  resolve: Resolve
  addresses: LocalAddresses
  dataDir: string
  /** Port of the HTTP API; 0 takes any free one. */
  port: number
  log(line: string): void
  /** Gets every access log line when set. */
  logAccess: ((line: string) => void) | undefined
  /** Asks the template's policies; usable once the keys exist. */
  authorize: Authorize
  /** Base URL of each emulated AWS service, by the name in `AWS_ENDPOINT_URL_<NAME>`. */
  endpoints: Record<string, string>
  started: Partial<Started>
}

/** One thing that runs on the laptop; `start` answers how to end it. */
export type Service = { name: string; start(context: Context): Promise<() => Promise<void>> }

/** What an earlier service has left; throws when the order of services is wrong. */
export function needs<Name extends keyof Started>({ started }: Context, name: Name): Started[Name] {
  const value: Started[Name] | undefined = started[name]
  if (value === undefined) throw new Error(`${name} is needed before it is started: check the order in services.ts`)
  return value
}
