import * as z from 'zod'
import { tenantSettings } from '#schemas/tenant.ts'

const json = z.string().transform((text, ctx) => {
  try {
    return JSON.parse(text)
  } catch {
    ctx.addIssue('must be JSON')
    return z.NEVER
  }
})

/** As the template has them: checked when it was made. To ask Intl for the time zone again would take 14 ms of each cold start. */
const templateSettings = tenantSettings.extend({ timeZone: z.string().min(1) })

const variables = z.object({
  TENANT: json.pipe(templateSettings),
  AWS_REGION: z.string().min(1),
  TABLE_NAME: z.string().optional(),
  SEARCH_TABLE_NAME: z.string().optional(),
  BUS_NAME: z.string().optional(),
  FILES_BUCKET: z.string().optional(),
  IMPORT_WORKFLOW_ARN: z.string().optional(),
  UNDO_IMPORT_WORKFLOW_ARN: z.string().optional(),
  EXPORT_WORKFLOW_ARN: z.string().optional(),
  CLEANUP_WORKFLOW_ARN: z.string().optional(),
  UNDO_CLEANUP_WORKFLOW_ARN: z.string().optional(),
  BACKUP_WORKFLOW_ARN: z.string().optional(),
  RESTORE_DRILL_WORKFLOW_ARN: z.string().optional(),
  RESTORE_WORKFLOW_ARN: z.string().optional(),
  ARCHIVE_WORKFLOW_ARN: z.string().optional(),
  BACKUP_BUCKET: z.string().optional(),
  BACKUP_COPY_BUCKET: z.string().optional(),
  BACKUP_COPY_REGION: z.string().optional(),
  FILES_COPY_BUCKET: z.string().optional(),
  EVIDENCE_KEY_ARN: z.string().optional(),
  SCRATCH_TABLE_PREFIX: z.string().optional(),
  SCHEDULE_GROUP: z.string().optional(),
  REMINDER_SCHEDULE_GROUP: z.string().optional(),
  REMINDER_SCHEDULE_ROLE_ARN: z.string().optional(),
  REMINDER_DEAD_LETTERS_ARN: z.string().optional(),
  BUS_ARN: z.string().optional(),
  WEBHOOK_KEY_ARN: z.string().optional(),
  /** Set on a laptop alone: webhooks may then go to this machine. */
  WEBHOOK_LOOPBACK: z.literal('allowed').optional(),
  MAIL_FROM: z.string().optional(),
  MAIL_CONFIGURATION_SET: z.string().optional(),
  USER_POOL_ID: z.string().optional(),
  USER_POOL_CLIENT_IDS: z.string().optional(),
  /** Takes access records while the bus takes none. */
  ACCESS_LOG_QUEUE_URL: z.string().optional(),
  ACCESS_LOG_BUCKET: z.string().optional(),
  ACCESS_LOG_TABLE_NAME: z.string().optional(),
  /** AWS account that log files and digests are named after. */
  ACCESS_LOG_ACCOUNT: z.string().optional(),
  /** Who gets the daily mail with the newest hash. */
  ACCESS_LOG_MAIL_TO: z.string().optional(),
  /** What Lambda gives a function to sign with, and where services answer that are not at their AWS address. */
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_ENDPOINT_URL_EVENTBRIDGE: z.string().optional(),
  AWS_ENDPOINT_URL_SQS: z.string().optional(),
  /** Where Cognito answers, when not at its AWS address. */
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: z.string().optional(),
})

/** The function's environment, checked. */
export type Env = z.infer<typeof variables>
type Name = Exclude<keyof Env, 'TENANT'>

let known: Env | undefined

/**
 * Reads the environment once and checks it.
 * @throws Error naming each variable that is missing or malformed.
 */
export function readEnv(): Env {
  known ??= parse()
  return known
}

/**
 * The value of a variable that this function cannot do without.
 * @throws Error naming the variable.
 */
export function required(name: Name): string {
  const value = readEnv()[name]
  if (!value) throw new Error(`Environment variable ${name} is not set: the function's stack must pass it.`)
  return value
}

function parse(): Env {
  const result = variables.safeParse(process.env)
  if (result.success) return result.data
  const what = result.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`Bad environment: ${what.join('; ')}`)
}
