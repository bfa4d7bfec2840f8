import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { testTenant } from '../support/table.ts'

/** A mistake planted in what a cleanup works with: the proof that looks for it must go red. */
export type Bug = {
  /** What the runs' context has instead. */
  more?: Partial<Context>
  /** Another one for the dry run. */
  dry?: Bug
  /** Changes a command on its way to the table. */
  command?: (input: object) => unknown
  /** What the runs have instead of their files. */
  files?: (files: Files) => Files
  /** What a restart finds of the files. */
  restart?: (files: Files) => Promise<Files>
}

/** The planted mistakes by name. */
export const bugs = {
  none: {},
  /** A finding in a hundred gets lost on the way to the report. */
  losesFindings: { files: withoutLines(/"rule":"(phoneInvalid|emailFormat)"/) },
  /** Numbers are read as those of another country. */
  otherRegion: { more: { tenant: { ...testTenant, phoneRegion: 'US' } } },
  /** The dry run does not look at what the real one looks at. */
  partialDryRun: { dry: { files: withoutLines(/"kind":"fixed"/) } },
  /** Changes do not say which run made them. */
  namelessChanges: { command: changeItem(item => delete item['source']) },
  /** A fix takes the last character of a name with it. */
  cutsNames: { command: changeItem(() => undefined, cutName) },
  /** Records are written whatever version they have. */
  unconditional: { command: withoutConditions },
  /** A restart does not find what the segments came to. */
  losesSegments: { restart: withoutSegments },
} satisfies Record<string, Bug>
export type BugName = keyof typeof bugs

type Put = {
  Item?: Record<string, unknown>
  ConditionExpression?: string
  ExpressionAttributeNames?: object
  ExpressionAttributeValues?: object
}

/** The puts of a transaction. */
export function puts(input: object): Put[] {
  const { TransactItems = [] } = input as { TransactItems?: { Put?: Put }[] }
  return TransactItems.flatMap(({ Put }) => (Put ? [Put] : []))
}

function isOfCustomers({ object }: Record<string, unknown>): boolean {
  return object === 'customer' || object === 'contact'
}

async function withoutSegments(files: Files): Promise<Files> {
  const left = memoryFiles()
  for await (const { key } of files.list(''))
    if (!/\/(intents|results)\//.test(key)) await left.write(key, await files.readText(key))
  return left
}

/** Changes the items of changes, and those of records. */
function changeItem(
  change: (item: Record<string, unknown>) => unknown,
  record: (item: Record<string, unknown>) => unknown = () => undefined,
): (input: object) => void {
  return input => {
    for (const { Item } of puts(input)) {
      if (!Item || !isOfCustomers(Item) || !String(Item['pk']).startsWith('R#')) continue
      if (String(Item['sk']).startsWith('V#')) change(Item)
      else if (Item['sk'] === 'A' && Item['fields']) record(Item)
    }
  }
}

function cutName(item: Record<string, unknown>): void {
  const fields = item['fields'] as Record<string, string>
  item['fields'] = { ...fields, name: fields['name']?.slice(0, -1) }
}

function withoutConditions(input: object): void {
  for (const put of puts(input)) {
    if (!put.Item || !isOfCustomers(put.Item) || !String(put.Item['pk']).startsWith('R#')) continue
    delete put.ConditionExpression
    delete put.ExpressionAttributeNames
    delete put.ExpressionAttributeValues
  }
}

/** Drops the first such line of every file. */
function withoutLines(pattern: RegExp): (files: Files) => Files {
  const shorter = (text: string) => {
    const lines = text.split('\n')
    const at = lines.findIndex(line => pattern.test(line))
    return at < 0 ? text : lines.toSpliced(at, 1).join('\n')
  }
  return files => ({
    ...files,
    writeNew: (key, body, options) =>
      files.writeNew(key, key.includes('/results/') ? shorter(String(body)) : body, options),
  })
}
