import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findDynoxide } from '#infra/local/dynamodb/binary.ts'
import { createDynamoDbClient, type DynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { dataFile, startDynamoDbProcess } from '#infra/local/dynamodb/process.ts'
import { openSidecar } from '#infra/local/dynamodb/sidecar.ts'
import { ensureTables, type TableDefinition } from '#infra/local/dynamodb/tables.ts'
import { startTransfers, type Transfers } from '#infra/local/dynamodb/transfers/start-transfers.ts'
import { startS3 } from '#infra/local/engines/s3/start-s3.ts'
import { scratchRoot } from '../support/scratch.ts'

const region = 'ap-southeast-1'
export const bucket = 'vault'
export const tableName = 'Records'
export const tableArn = (name: string) => `arn:aws:dynamodb:${region}:000000000000:table/${name}`

const indexes = ['byObject', 'byOwner', 'byParent']
const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
]

/** What the table of records is made of, in the words of CreateTable. */
export const tableShape = {
  KeySchema: key('pk', 'sk'),
  AttributeDefinitions: ['pk', 'sk', ...indexes.flatMap(name => [`${name}Pk`, `${name}Sk`])].map(AttributeName => ({
    AttributeName,
    AttributeType: 'S',
  })),
  GlobalSecondaryIndexes: indexes.map(IndexName => ({
    IndexName,
    KeySchema: key(`${IndexName}Pk`, `${IndexName}Sk`),
    Projection: { ProjectionType: 'ALL' },
  })),
}

const table: TableDefinition = {
  ...tableShape,
  name: tableName,
  logicalId: tableName,
  streamArn: '',
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
}

/** The engines that a backup needs, on a folder that is removed at the end. */
export type BackupGround = {
  engineUrl: string
  call: DynamoDbClient
  transfers: Transfers
  /** The engine's file. */
  file: string
  stop(): Promise<void>
}

export async function startBackupGround(): Promise<BackupGround> {
  const directory = mkdtempSync(join(scratchRoot, 'evergreen-bench-backup-'))
  const engine = await startDynamoDbProcess({ binary: findDynoxide(), directory, log: console.error })
  const call = createDynamoDbClient(engine.url)
  await ensureTables(call, [table])
  openSidecar(dataFile(directory)).close()
  const s3 = await startS3({ dir: join(directory, 's3'), region })
  s3.createBucket(bucket, { versioning: true })
  const s3Url = () => s3.url
  const log = console.error
  const transfers = await startTransfers({ directory, engineUrl: engine.url, tables: [table], region, s3Url, log })
  return {
    engineUrl: engine.url,
    call,
    transfers,
    file: dataFile(directory),
    stop: async () => {
      await transfers.stop()
      await s3.stop()
      await engine.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
