import { join } from 'node:path'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Entry, entries } from '#infra/entries.ts'
import { type Synthesized, statementsOf, synthesizeTenants } from './support/synthesized.ts'

/** IAM actions of each SDK command that a function may send; a transaction needs those of its parts. */
const actionsOf: Record<string, string[]> = {
  GetCommand: ['dynamodb:GetItem'],
  BatchGetCommand: ['dynamodb:BatchGetItem'],
  QueryCommand: ['dynamodb:Query'],
  PutCommand: ['dynamodb:PutItem'],
  UpdateCommand: ['dynamodb:UpdateItem'],
  DeleteCommand: ['dynamodb:DeleteItem'],
  BatchWriteCommand: ['dynamodb:BatchWriteItem'],
  TransactWriteCommand: ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map(a => `dynamodb:${a}`),
  PutEventsCommand: ['events:PutEvents'],
  // Whoever makes a schedule hands over its role.
  CreateScheduleCommand: ['scheduler:CreateSchedule', 'iam:PassRole'],
  DeleteScheduleCommand: ['scheduler:DeleteSchedule'],
  GenerateMacCommand: ['kms:GenerateMac'],
  SendEmailCommand: ['ses:SendEmail'],
  StartExecutionCommand: ['states:StartExecution'],
  // Who reads a schedule decrypts its input; who updates it hands over its role and encrypts the input anew.
  GetScheduleCommand: ['scheduler:GetSchedule', 'kms:Decrypt'],
  UpdateScheduleCommand: ['scheduler:UpdateSchedule', 'iam:PassRole', 'kms:DescribeKey', 'kms:GenerateDataKey'],
  // The client of files comes as a whole: `files` and `writesFiles` below say what a function does with it.
  ...Object.fromEntries(['Get', 'Head', 'Put'].map(verb => [`${verb}ObjectCommand`, []])),
  ListObjectsV2Command: [],
  // So do the vault and the evidence key: `readsVault` and the like say what a function does with them.
  ListObjectVersionsCommand: [],
  DeleteObjectCommand: [],
  SignCommand: [],
  ScanCommand: ['dynamodb:Scan'],
  ListTablesCommand: ['dynamodb:ListTables'],
  DeleteTableCommand: ['dynamodb:DeleteTable', 'dynamodb:DescribeTable'],
  GetPublicKeyCommand: ['kms:GetPublicKey'],
}

/** What no command stands for: writing the log, being invoked by a queue or stream, keeping what failed, and the key. */
const byTrigger = {
  log: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  key: ['kms:Decrypt'],
  queue: ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map(a => `sqs:${a}`),
  stream: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(a => `dynamodb:${a}`),
  deadLetters: ['sqs:SendMessage', 'kms:GenerateDataKey'],
  /** Access records, by calls without the SDK (lib/runtime/aws-line.ts). */
  logged: ['events:PutEvents', 'sqs:SendMessage', 'kms:Decrypt', 'kms:GenerateDataKey'],
  putsFiles: ['s3:PutObject', 'kms:GenerateDataKey'],
  files: ['s3:GetObject', 's3:ListBucket'],
  vault: ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions'],
  signs: ['kms:Sign'],
  expires: ['s3:DeleteObjectVersion'],
  writesFiles: ['s3:PutObject', 's3:AbortMultipartUpload', 'kms:GenerateDataKey'],
}

const triggers: Record<Entry, (keyof typeof byTrigger)[]> = {
  'api/records': ['log', 'key'],
  'api/duplicates': ['log', 'key'],
  'api/settings': ['log', 'key'],
  'api/search': ['log', 'key'],
  'api/quality': ['log', 'key', 'files'],
  'api/notifications': ['log', 'key'],
  'api/refresh': ['log', 'key'],
  'api/audits': ['log', 'key'],
  'schedules/weekly-report': ['log', 'key', 'files', 'writesFiles', 'deadLetters'],
  'schedules/start-backup': ['log', 'key', 'deadLetters'],
  'workflows/backup/plan-backup': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/backup/inspect-export': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/backup/verify-export': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/backup/catalogue-backup': ['log', 'key', 'files', 'writesFiles', 'vault', 'signs'],
  'workflows/backup/watch-copy': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/backup/end-backup': ['log', 'key', 'files', 'writesFiles', 'vault', 'expires'],
  'workflows/backup/fail-backup': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'schedules/write-digest': ['log', 'key', 'files', 'putsFiles', 'signs', 'deadLetters'],
  'schedules/access-report': ['log', 'key', 'deadLetters'],
  'schedules/verify-access-log': ['log', 'key', 'files', 'putsFiles', 'deadLetters'],
  'workflows/drill/plan-drill': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/drill/verify-share': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/drill/apply-increments': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/drill/digest-table': ['log', 'key', 'files', 'writesFiles'],
  'workflows/drill/compare-tables': ['log', 'key', 'files', 'writesFiles'],
  'workflows/drill/check-reads': ['log', 'key', 'files', 'writesFiles'],
  'workflows/drill/end-drill': ['log', 'key', 'files', 'writesFiles', 'vault', 'signs'],
  'workflows/drill/fail-drill': ['log', 'key', 'files', 'writesFiles'],
  'schedules/start-cleanup': ['log', 'key', 'deadLetters'],
  'api/me': ['log', 'key'],
  'api/docs': ['log'],
  'api/health': ['log'],
  'api/fallback': ['log'],
  'stream/log-refusals': ['log', 'logged', 'deadLetters'],
  'stream/publish-changes': ['log', 'key', 'stream', 'deadLetters'],
  'events/update-search': ['log', 'key', 'queue'],
  'events/sync-sign-in': ['log', 'key', 'queue'],
  'events/find-duplicates': ['log', 'key', 'queue'],
  'events/move-children': ['log', 'key', 'queue'],
  'events/update-schedules': ['log', 'key', 'queue'],
  'events/complete-verification': ['log', 'key', 'queue'],
  'events/sample-audit': ['log', 'key', 'queue'],
  'events/write-access-log': ['log', 'key', 'queue', 'files', 'putsFiles'],
  'api/access-log': ['log', 'key', 'files', 'putsFiles'],
  'api/restores': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/archive/write-archive': ['log', 'key', 'files', 'writesFiles', 'vault', 'signs'],
  'workflows/archive/fail-archive': ['log', 'key', 'files', 'writesFiles'],
  'workflows/restore/verify-restore': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/restore/collect-restore': ['log', 'key', 'files', 'writesFiles', 'vault'],
  'workflows/restore/apply-restore': ['log', 'key', 'files', 'writesFiles'],
  'workflows/restore/end-restore': ['log', 'key', 'files', 'writesFiles'],
  'workflows/restore/fail-restore': ['log', 'key', 'files', 'writesFiles'],
  'events/update-reminders': ['log', 'key', 'queue'],
  'events/fire-reminders': ['log', 'key', 'queue'],
  'events/deliver-notifications': ['log', 'key', 'queue'],
  'schedules/sweep-reminders': ['log', 'key', 'deadLetters'],
  'schedules/send-digests': ['log', 'key', 'deadLetters'],
  'schedules/follow-up': ['log', 'key', 'deadLetters'],
  'deploy/seed-tenant': ['log', 'key', 'deadLetters'],
  'api/backups': ['log', 'key', 'vault'],
  'api/maintenance': ['log', 'key', 'files'],
  'api/imports': ['log', 'key', 'files', 'writesFiles'],
  'api/exports': ['log', 'key', 'files'],
  'workflows/import/split-import': ['log', 'key', 'files', 'writesFiles'],
  'workflows/import/import-segments': ['log', 'key', 'files', 'writesFiles'],
  'workflows/import/report-import': ['log', 'key', 'files', 'writesFiles'],
  'workflows/import/fail-import': ['log', 'key', 'files', 'writesFiles'],
  'workflows/import/plan-undo': ['log', 'key', 'files', 'writesFiles'],
  'workflows/import/undo-segments': ['log', 'key', 'files', 'writesFiles'],
  'workflows/import/end-undo': ['log', 'key', 'files', 'writesFiles'],
  'workflows/export/export-part': ['log', 'key', 'files', 'writesFiles'],
  'workflows/export/finish-export': ['log', 'key', 'files', 'writesFiles'],
  'workflows/export/fail-export': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/plan-cleanup': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/evaluate-lane': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/compare-records': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/plan-refresh': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/purge-records': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/report-cleanup': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/fail-cleanup': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/plan-cleanup-undo': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/undo-lane': ['log', 'key', 'files', 'writesFiles'],
  'workflows/cleanup/end-cleanup-undo': ['log', 'key', 'files', 'writesFiles'],
}

/** Functions whose transactions are made of puts alone. */
const putsOnly: ReadonlySet<Entry> = new Set(['events/update-search'])

/** Commands that are left in a function's code once what it does not use is shaken out. */
async function commandsOf(entry: Entry): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: [`functions/${entry}.ts`],
    absWorkingDir: join(import.meta.dirname, '../..'),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  const sent = (outputFiles[0]?.text ?? '').matchAll(/new (\w+Command)\d*\(/g)
  return [...new Set([...sent].map(match => match[1] ?? ''))]
}

function actionsOfCommand(command: string, entry: Entry): string[] {
  if (command === 'TransactWriteCommand' && putsOnly.has(entry)) return ['dynamodb:PutItem']
  // Its schedules are not encrypted with the tenant's key (docs/decisions/0023).
  if (command === 'UpdateScheduleCommand' && entry === 'events/update-reminders') return ['scheduler:UpdateSchedule']
  if (command.startsWith('Admin')) return [`cognito-idp:${command.replace('Command', '')}`]
  return actionsOf[command] ?? [`? ${command}`]
}

/** Reading comes as one: what a function that may read does not happen to use harms nobody. */
const reading = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']

let acme: Synthesized

beforeAll(async () => {
  acme = (await synthesizeTenants('acme')).acme
})

describe.each(entries)('%s', entry => {
  const needed = async () => {
    const commands = await commandsOf(entry)
    return [
      ...commands.flatMap(command => actionsOfCommand(command, entry)),
      ...triggers[entry].flatMap(trigger => byTrigger[trigger]),
      ...(/^(api|workflows|schedules)\//.test(entry) ? byTrigger.logged : []),
    ]
  }
  const allowed = (): string[] =>
    statementsOf(acme.all, entry.split('/').at(-1) ?? '').flatMap(statement => statement.Action)

  it('may do all that its code does: what is missing would fail on AWS only', async () => {
    expect(allowed()).toEqual(expect.arrayContaining(await needed()))
  })

  it('may do nothing else', async () => {
    const used = new Set([...(await needed()), ...(allowed().includes('dynamodb:GetItem') ? reading : [])])
    expect(allowed().filter(action => !used.has(action))).toEqual([])
  })
})
