import type { Database } from '../../engines/database.ts'
import type { DynamoDbClient } from '../client.ts'
import type { TableDefinition } from '../tables.ts'
import type { Moments } from './moments.ts'
import type { TransferJob } from './run-transfer.ts'
import type { TransferStore } from './transfer-store.ts'

/** What the operations work on. */
export type TransferGround = {
  engineFile: string
  engineUrl: string
  engine: Database
  call: DynamoDbClient
  tables: readonly TableDefinition[]
  region: string
  s3Url: () => string
  store: TransferStore
  moments: Moments
  run(arn: string, job: TransferJob): void
}
