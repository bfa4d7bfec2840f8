import { gzipSync } from 'node:zlib'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { dataFile } from '#infra/local/dynamodb/process.ts'
import type { Caller } from '#infra/local/dynamodb/transfers/caller.ts'
import { openDatabase } from '#infra/local/engines/database.ts'
import {
  bucket,
  dataOf,
  exported,
  type Ground,
  type Item,
  imported,
  item,
  put,
  scan,
  shape,
  startGround,
  table,
  tableArn,
} from './support.ts'

let ground: Ground

beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.stop())

/** All rows of a table and its indexes as they stand in the engine's file; of JSON its meaning, as members have no order. */
function rowsOf(name: string) {
  const database = openDatabase(dataFile(ground.directory), '')
  const all = (columns: string, from: string) =>
    database
      .select(
        z.looseObject({ item_json: z.string() }),
        `SELECT ${columns}, item_json FROM "${from}" ORDER BY 1, 2, 3, 4`,
      )
      .all()
      .map(({ item_json, ...row }) => ({ ...row, item: JSON.parse(item_json) }))
  const index = (index: string) => all('gsi_pk, gsi_sk, table_pk, table_sk', `${name}::gsi::${index}`)
  try {
    return {
      items: all('pk, sk, item_size, hash_prefix', name),
      byObject: index('byObject'),
      byOwner: index('byOwner'),
    }
  } finally {
    database.close()
  }
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }).map(String),
  fc.constantFrom('0', '-0', '1.50', '007', '1e5', '1E-7', '0.000001', '12345678901234567890123456789012345678'),
)
const bytes = fc.uint8Array({ minLength: 1, maxLength: 7 }).map(array => Buffer.from(array).toString('base64'))
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ S: text }),
    fc.record({ N: number }),
    fc.record({ B: bytes }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }) }),
    fc.record({ NS: fc.uniqueArray(fc.integer().map(String), { minLength: 1, maxLength: 3 }) }),
    fc.record({ BS: fc.uniqueArray(bytes, { minLength: 1, maxLength: 3 }) }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(text, tie('value'), { maxKeys: 3 }) }),
  ),
}))
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map(S => ({ S }))
const anyItem = fc
  .tuple(
    fc.record({ pk: key, sk: key }),
    fc.record({ byObjectPk: key, byObjectSk: key, byOwnerPk: key, byOwnerSk: key }, { requiredKeys: [] }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), value, { maxKeys: 5 }),
  )
  .map(([keys, indexes, more]) => ({ ...more, ...indexes, ...keys }) as Item)

async function store(name: string, lines: readonly unknown[]) {
  const body = lines.map(line => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
  await ground.client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: gzipSync(body) }))
}

describe('an import', () => {
  it('of an export is the table row for row, as the engine itself has stored it, indexes and all', async () => {
    const items = fc.sample(anyItem, { numRuns: 400, seed: 7 })
    let refused = 0
    for (const each of items) await put(ground, each).catch(() => refused++)
    expect(refused).toBeLessThan(40)
    const description = await exported(ground)
    const end = await imported(ground, dataOf(description), 'Imported')
    const count = description['ItemCount']
    expect(end).toMatchObject({
      ImportStatus: 'COMPLETED',
      ProcessedItemCount: count,
      ImportedItemCount: count,
      ErrorCount: 0,
    })
    const [source, copy] = [rowsOf(table.name), rowsOf('Imported')]
    expect(source.byOwner.length).toBeGreaterThan(50)
    expect(copy).toEqual(source)
    expect(await scan(ground, 'Imported')).toEqual(await scan(ground))
  })

  it('makes a table whose segments together are the table, page by page', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => ({ Item: item(`segment-${i}`) }))
    await store('segments/a.json.gz', lines)
    await imported(ground, 'segments/', 'Segments')
    const found: string[] = []
    for (const Segment of [0, 1, 2, 3]) {
      let ExclusiveStartKey: unknown
      do {
        const start = ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }
        const page = await ground.call('Scan', {
          TableName: 'Segments',
          TotalSegments: 4,
          Segment,
          Limit: 20,
          ...start,
        })
        found.push(...(page['Items'] as Item[]).map(({ pk }) => String(pk?.['S'])))
        ExclusiveStartKey = page['LastEvaluatedKey']
      } while (ExclusiveStartKey)
    }
    expect(found.toSorted()).toEqual(lines.map(({ Item: { pk } }) => String(pk?.['S'])).toSorted())
  })

  it('makes a table that is written to as any other: its indexes follow', async () => {
    await store('live/a.json.gz', [{ Item: item('x', { byOwnerPk: { S: 'ann' }, byOwnerSk: { S: '1' } }) }])
    await imported(ground, 'live/', 'Live')
    const owned = async (owner: string) => {
      const { Items } = await ground.call('Query', {
        TableName: 'Live',
        IndexName: 'byOwner',
        KeyConditionExpression: 'byOwnerPk = :owner',
        ExpressionAttributeValues: { ':owner': { S: owner } },
      })
      return Items
    }
    expect(await owned('ann')).toHaveLength(1)
    await put(ground, item('x', { byOwnerPk: { S: 'bob' }, byOwnerSk: { S: '1' } }), 'Live')
    expect([await owned('ann'), await owned('bob')]).toMatchObject([[], [{ pk: { S: 'x' } }]])
    await ground.call('DeleteItem', { TableName: 'Live', Key: { pk: { S: 'x' }, sk: { S: 'A' } } })
    expect(await owned('bob')).toEqual([])
  })

  it('leaves out and counts what is no item, takes the last of a key, and writes numbers as the engine does', async () => {
    await store('odd/a.json.gz', [
      { Item: item('good') },
      { Item: item('number', { n: { N: '007.50' } }) },
      { Item: item('twice', { v: { N: '1' }, byOwnerPk: { S: 'ann' }, byOwnerSk: { S: '1' } }) },
      { Item: item('twice', { v: { N: '2' } }) },
      '{"Item":{"pk":{"S":"cut',
      'no JSON',
      { Keys: {} },
      { Item: { pk: { S: 'no range key' } } },
      { Item: item('bad', { n: { N: 'one' } }) },
      { Item: item('empty-set', { s: { SS: [] } }) },
      { Item: item('wrong index', { byOwnerPk: { N: '1' }, byOwnerSk: { S: '1' } }) },
      { Item: item('large', { s: { S: 'x'.repeat(410_000) } }) },
    ])
    expect(await imported(ground, 'odd/', 'Odd')).toMatchObject({
      ImportStatus: 'COMPLETED',
      ProcessedItemCount: 12,
      ImportedItemCount: 4,
      ErrorCount: 8,
    })
    const found = await scan(ground, 'Odd')
    expect([...found.keys()].toSorted()).toEqual(['good|A', 'number|A', 'twice|A'])
    expect(found.get('number|A')).toMatchObject({ n: { N: '7.5' } })
    expect(found.get('twice|A')).toEqual(item('twice', { v: { N: '2' } }))
    expect(rowsOf('Odd').byOwner).toEqual([])
  })

  it('into a table with number keys goes through the engine', async () => {
    await store('numbers/a.json.gz', [{ Item: { id: { N: '-12.5' } } }, { Item: { id: { N: '3' } } }])
    const end = await imported(ground, 'numbers/', 'Numbers', {
      TableCreationParameters: {
        TableName: 'Numbers',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      },
    })
    expect(end).toMatchObject({ ImportStatus: 'COMPLETED', ImportedItemCount: 2 })
    const { Item: found } = await ground.call('GetItem', { TableName: 'Numbers', Key: { id: { N: '-12.5' } } })
    expect(found).toEqual({ id: { N: '-12.5' } })
  })

  it('is described as AWS does it', async () => {
    await store('described/a.json.gz', [{ Item: item('x') }])
    const end = await imported(ground, 'described/', 'Described', { ClientToken: 'described' })
    expect(end).toEqual({
      ImportArn: expect.stringMatching(new RegExp(`^${tableArn('Described')}/import/\\d{14}-[0-9a-f]{8}$`)),
      ImportStatus: 'COMPLETED',
      TableArn: tableArn('Described'),
      ClientToken: 'described',
      S3BucketSource: { S3Bucket: bucket, S3KeyPrefix: 'described/' },
      InputFormat: 'DYNAMODB_JSON',
      InputCompressionType: 'GZIP',
      TableCreationParameters: { TableName: 'Described', BillingMode: 'PAY_PER_REQUEST', ...shape },
      StartTime: expect.stringMatching(/Z$/),
      EndTime: expect.stringMatching(/Z$/),
      ProcessedSizeBytes: `${JSON.stringify({ Item: item('x') })}\n`.length,
      ProcessedItemCount: 1,
      ImportedItemCount: 1,
      ErrorCount: 0,
    })
    const { ImportSummaryList } = await ground.transfers.call('ListImports', { TableArn: tableArn('Described') })
    expect(ImportSummaryList).toMatchObject([{ ImportArn: end['ImportArn'], ImportStatus: 'COMPLETED' }])
  })
})

describe('an import fails', () => {
  it('when an object is cut short, saying so', async () => {
    const whole = gzipSync(Array.from({ length: 500 }, (_, i) => JSON.stringify({ Item: item(`cut-${i}`) })).join('\n'))
    const Body = whole.subarray(0, -20)
    await ground.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'cut/a.json.gz', Body }))
    const end = await imported(ground, 'cut/', 'Cut')
    expect(end).toMatchObject({ ImportStatus: 'FAILED', FailureMessage: expect.stringContaining('unexpected end') })
  })

  it.each([
    ['without objects', { S3Bucket: bucket, S3KeyPrefix: 'nothing/' }, 'There is no object below vault/nothing/'],
    ['from no bucket', { S3Bucket: 'nowhere' }, 'nowhere'],
  ])('%s', async (what, S3BucketSource, message) => {
    const end = await imported(ground, '', `Failed-${what.length}`, { S3BucketSource })
    expect(end).toMatchObject({ ImportStatus: 'FAILED', FailureMessage: expect.stringContaining(message) })
  })
})

describe('a request to import', () => {
  const asked = (TableName: string) => ({
    S3BucketSource: { S3Bucket: bucket, S3KeyPrefix: 'requests/' },
    InputFormat: 'DYNAMODB_JSON',
    InputCompressionType: 'GZIP',
    TableCreationParameters: { TableName, ...shape },
  })
  const call = (input: Record<string, unknown>, caller?: Caller) => ground.transfers.call('ImportTable', input, caller)

  it('with the token of another one answers that one; with other parameters it is refused', async () => {
    await store('requests/a.json.gz', [{ Item: item('x') }])
    const first = await imported(ground, 'requests/', 'Once', { ClientToken: 'once', ...asked('Once') })
    const again = await call({ ...asked('Once'), ClientToken: 'once' })
    expect(again['ImportTableDescription']).toEqual(first)
    const other = call({ ...asked('Other'), ClientToken: 'once' })
    await expect(other).rejects.toMatchObject({ code: 'ImportConflictException' })
  })

  it.each([
    ['into a table that exists', asked(table.name), 'ResourceInUseException', 'Table already exists: Records'],
    ['of CSV', { ...asked('Csv'), InputFormat: 'CSV' }, 'ValidationException', 'InputFormat: only DYNAMODB_JSON'],
    [
      'of a table without a key',
      { ...asked('No'), TableCreationParameters: { TableName: 'NoKeys' } },
      'ValidationException',
      'TableCreationParameters',
    ],
  ])('%s is refused by the name AWS gives', async (_what, input, code, message) => {
    await expect(call(input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('needs the right to import, and that to read the objects', async () => {
    await expect(call(asked('Denied'), { principal: 'Nobody', may: () => false })).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`dynamodb:ImportTable on resource: ${tableArn('Denied')}`),
    })
    const missing = ground.transfers.call('DescribeImport', { ImportArn: 'none' })
    await expect(missing).rejects.toMatchObject({ code: 'ImportNotFoundException' })
  })
})
