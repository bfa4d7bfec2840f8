import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { findDynoxide } from '#infra/local/dynamodb/binary.ts'
import { createDynamoDbClient, type DynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { dataFile, startDynamoDbProcess } from '#infra/local/dynamodb/process.ts'
import { openSidecar } from '#infra/local/dynamodb/sidecar.ts'
import { ensureTables, type TableDefinition } from '#infra/local/dynamodb/tables.ts'
import { startTransfers, type Transfers } from '#infra/local/dynamodb/transfers/start-transfers.ts'
import { type S3Engine, startS3 } from '#infra/local/engines/s3/start-s3.ts'
import { scratchRoot } from '../../../../support/scratch.ts'

export const region = 'eu-west-1'
export const bucket = 'vault'
export const tableArn = (name: string) => `arn:aws:dynamodb:${region}:000000000000:table/${name}`

const keys = [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
]
const index = (name: string) => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: `${name}Pk`, KeyType: 'HASH' },
    { AttributeName: `${name}Sk`, KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'ALL' },
})

/** How the tables of these tests are made: like that of records, with two indexes. */
export const shape = {
  KeySchema: keys,
  AttributeDefinitions: ['pk', 'sk', 'byObjectPk', 'byObjectSk', 'byOwnerPk', 'byOwnerSk'].map(AttributeName => ({
    AttributeName,
    AttributeType: 'S',
  })),
  GlobalSecondaryIndexes: [index('byObject'), index('byOwner')],
}

export const table: TableDefinition = {
  ...shape,
  name: 'Records',
  logicalId: 'Records',
  streamArn: `${tableArn('Records')}/stream/local`,
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
}

const bare: TableDefinition = {
  KeySchema: keys,
  AttributeDefinitions: keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
  name: 'Bare',
  logicalId: 'Bare',
  streamArn: '',
}

export type Item = Record<string, Record<string, unknown>>

/** An engine, an S3 and transfers between them, on a folder that is removed at the end. */
export type Ground = {
  directory: string
  engineUrl: string
  call: DynamoDbClient
  s3: S3Engine
  client: S3Client
  transfers: Transfers
  /** Ends the transfers and starts them again, as a restart of the stack does. */
  restart(): Promise<void>
  /** Ends all; the folder stays. */
  halt(): Promise<void>
  stop(): Promise<void>
}

export const newDirectory = () => mkdtempSync(join(scratchRoot, 'evergreen-transfers-'))

export async function startGround(directory = newDirectory()): Promise<Ground> {
  const engine = await startDynamoDbProcess({ binary: findDynoxide(), directory, log: () => {} })
  const call = createDynamoDbClient(engine.url)
  await ensureTables(call, [table, bare])
  openSidecar(dataFile(directory)).close()
  const s3 = await startS3({ dir: join(directory, 's3'), region })
  s3.createBucket(bucket, { versioning: true })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new S3Client({ endpoint: s3.url, region, credentials })
  const start = () =>
    startTransfers({ directory, engineUrl: engine.url, tables: [table, bare], region, s3Url: () => s3.url })
  const ground: Ground = {
    ...{ directory, engineUrl: engine.url, call, s3, client, transfers: await start() },
    restart: async () => {
      await ground.transfers.stop()
      ground.transfers = await start()
    },
    halt: async () => {
      await ground.transfers.stop()
      client.destroy()
      await s3.stop()
      await engine.stop()
    },
    stop: async () => {
      await ground.halt()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  return ground
}

/** Items with some content that does not compress, straight through the engine's batch call. */
export async function putMany({ call }: Ground, count: number): Promise<void> {
  for (let from = 0; from < count; from += 25) {
    const batch = Array.from({ length: Math.min(25, count - from) }, (_, i) => ({
      PutRequest: { Item: item(`many-${from + i}`, { blob: { B: randomBytes(900).toString('base64') } }) },
    }))
    await call('BatchWriteItem', { RequestItems: { [table.name]: batch } })
  }
}

export const put = ({ call }: Ground, Item: Item, TableName = table.name) => call('PutItem', { TableName, Item })
export const remove = ({ call }: Ground, pk: string, sk = 'A') =>
  call('DeleteItem', { TableName: table.name, Key: { pk: { S: pk }, sk: { S: sk } } })
export const item = (pk: string, more: Item = {}): Item => ({ pk: { S: pk }, sk: { S: 'A' }, ...more })

export type Description = Record<string, unknown> & { ExportArn: string; ExportStatus: string; ExportTime: string }

/** Begins an export and waits for its end. */
export async function exported(ground: Ground, input: Record<string, unknown> = {}): Promise<Description> {
  const { ExportDescription } = await ground.transfers.call('ExportTableToPointInTime', {
    TableArn: tableArn(table.name),
    S3Bucket: bucket,
    S3Prefix: 'table',
    ...input,
  })
  return exportEnd(ground, (ExportDescription as Description).ExportArn)
}

export async function exportEnd({ transfers }: Pick<Ground, 'transfers'>, ExportArn: string): Promise<Description> {
  for (;;) {
    const { ExportDescription } = await transfers.call('DescribeExport', { ExportArn })
    const description = ExportDescription as Description
    if (description.ExportStatus !== 'IN_PROGRESS') return description
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export async function readBytes({ client }: Pick<Ground, 'client'>, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

export const readText = async (ground: Pick<Ground, 'client'>, key: string) => (await readBytes(ground, key)).toString()

export type ManifestEntry = { itemCount: number; md5Checksum: string; etag: string; dataFileS3Key: string }

export async function manifestOf(ground: Ground, { ExportManifest }: Record<string, unknown>) {
  const summary = JSON.parse(await readText(ground, String(ExportManifest)))
  const files = (await readText(ground, summary.manifestFilesS3Key)).trimEnd().split('\n')
  return { summary, files: files.map(line => JSON.parse(line) as ManifestEntry) }
}

export type Change = { Metadata: Item; Keys: Item; OldImage?: Item; NewImage?: Item }

/** What an incremental export tells of each key. */
export async function changesOf(ground: Ground, description: Record<string, unknown>): Promise<Map<string, Change>> {
  const changes = (await linesOf(ground, description)) as unknown as Change[]
  const byKey = new Map(changes.map(change => [keyOf(change.Keys), change]))
  if (byKey.size !== changes.length) throw new Error('A key is exported twice')
  return byKey
}

/** All lines of an export, parsed. */
async function linesOf(ground: Ground, description: Record<string, unknown>): Promise<Record<string, Item>[]> {
  const { files } = await manifestOf(ground, description)
  const texts = await Promise.all(files.map(({ dataFileS3Key }) => readBytes(ground, dataFileS3Key)))
  return texts.flatMap(bytes =>
    gunzipSync(bytes)
      .toString()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line)),
  )
}

const keyOf = ({ pk, sk }: Item) => `${pk?.['S']}|${sk?.['S']}`

/** Items by key. */
export async function itemsOf(ground: Ground, description: Record<string, unknown>): Promise<Map<string, Item>> {
  const items = (await linesOf(ground, description)).map(line => line['Item'] as Item)
  const byKey = new Map(items.map(each => [keyOf(each), each]))
  if (byKey.size !== items.length) throw new Error('An item is exported twice')
  return byKey
}

/** Everything in a table, by key, as the engine's API tells it. */
export async function scan({ call }: Ground, TableName = table.name): Promise<Map<string, Item>> {
  const found = new Map<string, Item>()
  let ExclusiveStartKey: unknown
  do {
    const page = await call('Scan', { TableName, ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }) })
    for (const each of page['Items'] as Item[]) found.set(keyOf(each), each)
    ExclusiveStartKey = page['LastEvaluatedKey']
  } while (ExclusiveStartKey)
  return found
}

export async function listKeys({ client }: Ground, Prefix = ''): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

/** Begins an import of what is below a prefix into a new table and waits for its end. */
export async function imported(
  ground: Ground,
  S3KeyPrefix: string,
  TableName: string,
  more: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { ImportTableDescription } = await ground.transfers.call('ImportTable', {
    S3BucketSource: { S3Bucket: bucket, S3KeyPrefix },
    InputFormat: 'DYNAMODB_JSON',
    InputCompressionType: 'GZIP',
    TableCreationParameters: { TableName, BillingMode: 'PAY_PER_REQUEST', ...shape },
    ...more,
  })
  return importEnd(ground, (ImportTableDescription as { ImportArn: string }).ImportArn)
}

export async function importEnd({ transfers }: Pick<Ground, 'transfers'>, ImportArn: string) {
  for (;;) {
    const { ImportTableDescription } = await transfers.call('DescribeImport', { ImportArn })
    const description = ImportTableDescription as Record<string, unknown>
    if (description['ImportStatus'] !== 'IN_PROGRESS') return description
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** The prefix below which a full export has its data files. */
export const dataOf = ({ ExportArn }: Description) => `table/AWSDynamoDB/${ExportArn.split('/').at(-1)}/data/`
