import type { Service } from './context.ts'
import { admin } from './services/admin.ts'
import { cognito } from './services/cognito.ts'
import { customResources } from './services/custom-resources.ts'
import { dynamodb } from './services/dynamodb.ts'
import { eventSources } from './services/event-sources.ts'
import { eventbridge } from './services/eventbridge.ts'
import { functions } from './services/functions.ts'
import { gateway } from './services/gateway.ts'
import { kms } from './services/kms.ts'
import { logs } from './services/logs.ts'
import { s3 } from './services/s3.ts'
import { scheduler, schedules } from './services/scheduler.ts'
import { ses } from './services/ses.ts'
import { sqs } from './services/sqs.ts'
import { stepfunctions, workflows } from './services/stepfunctions.ts'

/** Everything that runs on the laptop, in starting order; it ends in the opposite one. */
export const services: readonly Service[] = [
  kms,
  dynamodb,
  s3,
  sqs,
  eventbridge,
  stepfunctions,
  scheduler,
  cognito,
  ses,
  admin,
  functions,
  logs,
  eventSources,
  customResources,
  workflows,
  schedules,
  gateway,
]
