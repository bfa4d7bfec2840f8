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
  BatchWriteCommand: ['dynamodb:BatchWriteItem'],
  TransactWriteCommand: ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map(a => `dynamodb:${a}`),
  PutEventsCommand: ['events:PutEvents'],
}

/** What no command stands for: writing the log, being invoked by a queue or stream, keeping what failed, and the key. */
const byTrigger = {
  log: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  key: ['kms:Decrypt'],
  queue: ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map(a => `sqs:${a}`),
  stream: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(a => `dynamodb:${a}`),
  deadLetters: ['sqs:SendMessage', 'kms:GenerateDataKey'],
}

const triggers: Record<Entry, (keyof typeof byTrigger)[]> = {
  'api/records': ['log', 'key'],
  'api/search': ['log', 'key'],
  'api/me': ['log', 'key'],
  'api/docs': ['log'],
  'api/health': ['log'],
  'api/fallback': ['log'],
  'stream/publish-changes': ['log', 'key', 'stream', 'deadLetters'],
  'events/update-search': ['log', 'key', 'queue'],
  'events/sync-sign-in': ['log', 'key', 'queue'],
  'deploy/seed-tenant': ['log', 'key', 'deadLetters'],
}

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
  const sent = (outputFiles[0]?.text ?? '').matchAll(/new (\w+Command)\(/g)
  return [...new Set([...sent].map(match => match[1] ?? ''))]
}

const actionsOfCommand = (command: string): string[] =>
  command.startsWith('Admin')
    ? [`cognito-idp:${command.replace('Command', '')}`]
    : (actionsOf[command] ?? [`? ${command}`])

/** Reading comes as one: what a function that may read does not happen to use harms nobody. */
const reading = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']

let acme: Synthesized

beforeAll(async () => {
  acme = (await synthesizeTenants('acme')).acme
})

describe.each(entries)('%s', entry => {
  const needed = async () => {
    const commands = await commandsOf(entry)
    return [...commands.flatMap(actionsOfCommand), ...triggers[entry].flatMap(trigger => byTrigger[trigger])]
  }
  const allowed = (): string[] =>
    statementsOf(acme.all, entry.split('/')[1] ?? '').flatMap(statement => statement.Action)

  it('may do all that its code does: what is missing would fail on AWS only', async () => {
    expect(allowed()).toEqual(expect.arrayContaining(await needed()))
  })

  it('may do nothing else', async () => {
    const used = new Set([...(await needed()), ...(allowed().includes('dynamodb:GetItem') ? reading : [])])
    expect(allowed().filter(action => !used.has(action))).toEqual([])
  })
})
