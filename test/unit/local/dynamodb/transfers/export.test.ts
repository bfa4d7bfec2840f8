import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '#infra/local/dynamodb/transfers/caller.ts'
import {
  bucket,
  exported,
  type Ground,
  item,
  itemsOf,
  listKeys,
  manifestOf,
  put,
  readBytes,
  readText,
  remove,
  scan,
  startGround,
  table,
  tableArn,
} from './support.ts'

let ground: Ground

beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.stop())

const call = (operation: string, input: Record<string, unknown>, caller?: Caller) =>
  ground.transfers.call(operation, input, caller)
const asked = { TableArn: tableArn(table.name), S3Bucket: bucket, S3Prefix: 'table' }

describe('a full export', () => {
  it('of an empty table has one empty file, as on AWS', async () => {
    const description = await exported(ground)
    expect(description).toMatchObject({ ExportStatus: 'COMPLETED', ItemCount: 0 })
    const { files } = await manifestOf(ground, description)
    expect(files).toMatchObject([{ itemCount: 0 }])
  })

  it('has every item as the table has it, in several files', async () => {
    const more = { n: { N: '1.50' }, l: { L: [{ S: 'é "quoted"\n' }] }, b: { B: 'AAE=' }, s: { SS: ['b', 'a'] } }
    for (let i = 0; i < 40; i++) await put(ground, item(`k${i}`, more))
    const description = await exported(ground)
    const items = await itemsOf(ground, description)
    expect(items).toEqual(await scan(ground))
    expect(items.size).toBe(40)
    expect((await manifestOf(ground, description)).files.length).toBeGreaterThanOrEqual(4)
  })

  it('is laid out and described as AWS does it', async () => {
    const description = await exported(ground, { ClientToken: 'laid-out' })
    const id = description.ExportArn.split('/').at(-1) ?? ''
    expect(description.ExportArn).toMatch(new RegExp(`^${tableArn(table.name)}/export/\\d{14}-[0-9a-f]{8}$`))
    const root = `table/AWSDynamoDB/${id}/`
    expect(description).toEqual({
      ExportArn: description.ExportArn,
      ExportStatus: 'COMPLETED',
      StartTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      EndTime: expect.stringMatching(/Z$/),
      ExportManifest: `${root}manifest-summary.json`,
      TableArn: tableArn(table.name),
      TableId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ExportTime: expect.stringMatching(/Z$/),
      ClientToken: 'laid-out',
      S3Bucket: bucket,
      S3Prefix: 'table',
      S3SseAlgorithm: 'AES256',
      ExportFormat: 'DYNAMODB_JSON',
      ExportType: 'FULL_EXPORT',
      BilledSizeBytes: expect.any(Number),
      ItemCount: 40,
    })
    const { summary, files } = await manifestOf(ground, description)
    expect(summary).toEqual({
      version: '2020-06-30',
      exportArn: description.ExportArn,
      startTime: description['StartTime'],
      endTime: expect.stringMatching(/Z$/),
      tableArn: tableArn(table.name),
      tableId: description['TableId'],
      exportTime: description.ExportTime,
      s3Bucket: bucket,
      s3Prefix: 'table',
      s3SseAlgorithm: 'AES256',
      s3SseKmsKeyId: null,
      manifestFilesS3Key: `${root}manifest-files.json`,
      billedSizeBytes: description['BilledSizeBytes'],
      itemCount: 40,
      outputFormat: 'DYNAMODB_JSON',
    })
    for (const { dataFileS3Key, md5Checksum, etag, itemCount } of files) {
      expect(dataFileS3Key).toMatch(new RegExp(`^${root}data/[a-z2-7]{26}\\.json\\.gz$`))
      const md5 = createHash('md5').update(await readBytes(ground, dataFileS3Key))
      expect(md5.copy().digest('base64')).toBe(md5Checksum)
      expect(md5.digest('hex')).toBe(etag)
      expect(itemCount).toBeGreaterThan(0)
    }
    for (const name of ['manifest-summary', 'manifest-files']) {
      const sum = createHash('md5').update(await readBytes(ground, `${root}${name}.json`))
      expect(await readText(ground, `${root}${name}.md5`)).toBe(sum.digest('base64'))
    }
    const rest = [
      '_started',
      ...['manifest-files', 'manifest-summary'].flatMap(name => [`${name}.json`, `${name}.md5`]),
    ]
    const expected = [...files.map(file => file.dataFileS3Key), ...rest.map(name => root + name)]
    expect((await listKeys(ground, root)).toSorted()).toEqual(expected.toSorted())
  })

  it('of a time in the past is the table as it was then', async () => {
    await put(ground, item('past-changed', { v: { N: '1' } }))
    await put(ground, item('past-deleted'))
    const before = await scan(ground)
    await sleep(150)
    const time = Date.now()
    await sleep(150)
    await put(ground, item('past-changed', { v: { N: '2' } }))
    await put(ground, item('past-changed', { v: { N: '3' } }))
    await remove(ground, 'past-deleted')
    await put(ground, item('past-new'))
    await put(ground, item('past-short-lived'))
    await remove(ground, 'past-short-lived')
    const description = await exported(ground, { ExportTime: time / 1000 })
    expect(Date.parse(description.ExportTime)).toBe(time)
    expect(await itemsOf(ground, description)).toEqual(before)
    expect((await itemsOf(ground, await exported(ground))).get('past-changed|A')).toMatchObject({ v: { N: '3' } })
  })

  it('of the same time is the same again, before and after a restart', async () => {
    const first = await exported(ground)
    await put(ground, item('after-the-first'))
    const again = { ExportTime: first.ExportTime }
    const before = await itemsOf(ground, await exported(ground, again))
    await ground.restart()
    const after = await exported(ground, again)
    expect(after.ExportTime).toBe(first.ExportTime)
    expect(before).toEqual(await itemsOf(ground, first))
    expect(await itemsOf(ground, after)).toEqual(before)
  })
})

describe('a request', () => {
  it('with the token of another one answers that one; with other parameters it is refused', async () => {
    const first = await exported(ground, { ClientToken: 'once' })
    const { ExportDescription } = await call('ExportTableToPointInTime', { ...asked, ClientToken: 'once' })
    expect(ExportDescription).toEqual(first)
    const other = call('ExportTableToPointInTime', { ...asked, S3Prefix: 'elsewhere', ClientToken: 'once' })
    await expect(other).rejects.toMatchObject({ code: 'ExportConflictException' })
  })

  it.each([
    ['of no table', { TableArn: tableArn('None') }, 'TableNotFoundException', 'None'],
    ['of a table without recovery', { TableArn: tableArn('Bare') }, 'PointInTimeRecoveryUnavailableException', 'Bare'],
    ['of the future', { ExportTime: '2999-01-01T00:00:00Z' }, 'InvalidExportTimeException', 'future'],
    ['of before the table', { ExportTime: 1 }, 'InvalidExportTimeException', 'the table began'],
    ['in another format', { ExportFormat: 'ION' }, 'ValidationException', 'ExportFormat: only DYNAMODB_JSON'],
    ['with an unknown field', { S3Key: 'x' }, 'ValidationException', 'S3Key'],
  ])('%s is refused by the name AWS gives', async (_what, more, code, message) => {
    const refused = call('ExportTableToPointInTime', { ...asked, ...more })
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('into no bucket fails as on AWS', async () => {
    expect(await exported(ground, { S3Bucket: 'nowhere' })).toMatchObject({
      ExportStatus: 'FAILED',
      FailureCode: 'S3NoSuchBucket',
      FailureMessage: expect.stringContaining('nowhere'),
    })
  })

  it('needs the right to export, to describe and to list', async () => {
    const nobody: Caller = { principal: 'Nobody', may: () => false }
    const denied = { code: 'AccessDeniedException', message: expect.stringContaining('dynamodb:') }
    await expect(call('ExportTableToPointInTime', asked, nobody)).rejects.toMatchObject(denied)
    await expect(call('DescribeExport', { ExportArn: 'x' }, nobody)).rejects.toMatchObject(denied)
    await expect(call('ListExports', {}, nobody)).rejects.toMatchObject(denied)
  })

  it('for an export that there is not is ExportNotFoundException', async () => {
    const ExportArn = `${tableArn(table.name)}/export/0-0`
    await expect(call('DescribeExport', { ExportArn })).rejects.toMatchObject({ code: 'ExportNotFoundException' })
  })
})

describe('ListExports', () => {
  it('tells all, page by page, the newest first', async () => {
    const found: unknown[] = []
    let NextToken: unknown
    do {
      const page = await call('ListExports', { TableArn: tableArn(table.name), MaxResults: 3, NextToken })
      found.push(...(page['ExportSummaries'] as unknown[]))
      NextToken = page['NextToken']
    } while (NextToken)
    const arns = found.map(each => (each as { ExportArn: string }).ExportArn)
    expect(arns).toEqual(arns.toSorted().toReversed())
    expect(new Set(arns).size).toBe(arns.length)
    expect(arns.length).toBeGreaterThan(5)
  })
})

describe('tables', () => {
  it('are described with the ARNs and times of a state machine', async () => {
    const { Table } = await call('DescribeTable', { TableName: tableArn(table.name) })
    expect(Table).toMatchObject({
      TableArn: tableArn(table.name),
      TableStatus: 'ACTIVE',
      CreationDateTime: expect.stringMatching(/Z$/),
      GlobalSecondaryIndexes: [{ IndexArn: `${tableArn(table.name)}/index/byObject` }, {}],
    })
    expect(JSON.stringify(Table)).not.toContain('dynoxide')
  })

  it('are deleted', async () => {
    await ground.call('CreateTable', {
      TableName: 'Scratch',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    })
    await call('DeleteTable', { TableName: 'Scratch' })
    const gone = { code: 'ResourceNotFoundException' }
    await expect(call('DescribeTable', { TableName: 'Scratch' })).rejects.toMatchObject(gone)
    await expect(call('DeleteTable', { TableName: 'Scratch' })).rejects.toMatchObject(gone)
  })
})
