import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import {
  AttributeType,
  BillingMode,
  type ImportSourceSpecification,
  InputCompressionType,
  InputFormat,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { type Bucket, Bucket as S3Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { type Access, itemAccess, streamAccess } from '#infra/constructs/access.ts'
import { acknowledge } from '#infra/constructs/acknowledge.ts'
import { EvidenceKey } from '#infra/constructs/evidence-key.ts'
import { FilesBucket } from '#infra/constructs/files-bucket.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import { Mail } from '#infra/constructs/mail.ts'
import { SignIn } from '#infra/constructs/sign-in.ts'
import { TenantKey } from '#infra/constructs/tenant-key.ts'
import { Vault } from '#infra/constructs/vault.ts'
import { WebhookKey } from '#infra/constructs/webhook-key.ts'
import { preparedRestore } from '#lib/backup/vault-keys.ts'
import type { TenantFile } from '#schemas/tenant.ts'

const indexes = ['byObject', 'byOwner', 'byParent']

/** What must outlive every deployment: the key, the records, the files, the people, and the log of who called. */
export class DataStack extends Stack {
  readonly key: Key
  readonly recordsTable: Table
  readonly searchTable: Table
  readonly files: Bucket
  /** Seeing which files the second region has. */
  readonly seeFilesCopy: Access
  /** Where backups are kept. */
  readonly vault: Vault
  /** What evidence is signed with. */
  readonly evidence: EvidenceKey
  readonly signIn: SignIn
  /** How the tenant sends mail. */
  readonly mail: Mail
  /** What webhooks are signed with. */
  readonly webhookKey: WebhookKey
  readonly accessLog: LogGroup
  /** Access to records, for a function's `uses`. */
  readonly records
  /** Access to the search index, for a function's `uses`. */
  readonly search

  constructor(scope: Construct, id: string, props: StackProps & { tenant: TenantFile }) {
    super(scope, id, { ...props, terminationProtection: !props.tenant.disposable })
    const { tenant } = props
    this.key = new TenantKey(this, 'Key', tenant).key
    this.recordsTable = this.createRecordsTable(tenant)
    this.searchTable = this.createSearchTable(tenant)
    const files = new FilesBucket(this, 'Files', { tenant, key: this.key })
    this.files = files.files
    this.seeFilesCopy = files.seeCopy
    this.evidence = new EvidenceKey(this, 'Evidence', tenant)
    this.vault = new Vault(this, 'Vault', { tenant, key: this.key, records: this.recordsTable, indexes })
    files.logAccess(this.vault.bucket, 'vault/')
    this.signIn = new SignIn(this, 'SignIn', tenant)
    this.mail = new Mail(this, 'Mail', tenant)
    this.webhookKey = new WebhookKey(this, 'WebhookKey', tenant)
    this.accessLog = this.createAccessLog(tenant)
    this.records = this.accessToRecords()
    this.search = this.accessToSearch()
  }

  private accessToRecords() {
    const records = { variable: 'TABLE_NAME', key: this.key }
    const readById = ['GetItem', 'BatchGetItem']
    // A transaction needs the permission of each of its parts; IAM has no action for the transaction itself.
    const transact = ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem']
    const read = [...readById, 'Query']
    return {
      readById: itemAccess(this.recordsTable, { ...records, actions: readById }),
      read: itemAccess(this.recordsTable, { ...records, actions: read, indexes }),
      scan: itemAccess(this.recordsTable, { ...records, actions: [...readById, 'Scan'] }),
      readWrite: itemAccess(this.recordsTable, { ...records, actions: [...read, ...transact], indexes }),
      /** Noting what was sent beyond the table, beside reading by id. */
      noteDeliveries: itemAccess(this.recordsTable, { ...records, actions: [...readById, 'PutItem', 'DeleteItem'] }),
      /** Taking entries off an agenda, beside reading. */
      tidyAgenda: itemAccess(this.recordsTable, { ...records, actions: [...read, 'DeleteItem'] }),
      stream: streamAccess(this.recordsTable, this.key),
    }
  }

  private accessToSearch() {
    const search = { variable: 'SEARCH_TABLE_NAME', key: this.key }
    return {
      find: itemAccess(this.searchTable, { ...search, actions: ['Query'] }),
      update: itemAccess(this.searchTable, {
        ...search,
        actions: ['BatchGetItem', 'BatchWriteItem', 'PutItem', 'UpdateItem'],
      }),
    }
  }

  private createRecordsTable(tenant: TenantFile): Table {
    const table = new Table(this, 'Records', {
      ...this.tableDefaults(tenant),
      ...(tenant.restoreFrom !== undefined && { importSource: this.restoreSource(tenant.restoreFrom) }),
      // The stream is the outbox of change events; 35 days is the longest that point-in-time recovery can go back.
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
    })
    for (const index of indexes) {
      table.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: { name: `${index}Pk`, type: AttributeType.STRING },
        sortKey: { name: `${index}Sk`, type: AttributeType.STRING },
      })
    }
    return table
  }

  /** A backup that was made ready in its vault; the import runs once, when the table is made. */
  private restoreSource(restoreFrom: string): ImportSourceSpecification {
    const [bucket = '', backupId = ''] = restoreFrom.split('/')
    return {
      bucket: S3Bucket.fromBucketName(this, 'RestoreFrom', bucket),
      keyPrefix: preparedRestore(backupId),
      inputFormat: InputFormat.dynamoDBJson(),
      compressionType: InputCompressionType.GZIP,
    }
  }

  private createSearchTable(tenant: TenantFile): Table {
    const table = new Table(this, 'Search', this.tableDefaults(tenant))
    acknowledge(table, {
      'AwsSolutions-DDB3':
        'Derived from Records and rebuilt from it (docs/decisions/0003), so a restore would bring back less.',
    })
    return table
  }

  private tableDefaults(tenant: TenantFile) {
    return {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      deletionProtection: !tenant.disposable,
      removalPolicy: removalPolicy(tenant),
    }
  }

  private createAccessLog(tenant: TenantFile): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      // CloudWatch Logs grants delivery to this prefix once; other names would fill the account's 5,120-character policy.
      logGroupName: `/aws/vendedlogs/${prefixOf(tenant)}/api`,
      retention: tenant.logRetentionDays,
      encryptionKey: this.key,
      removalPolicy: removalPolicy(tenant),
    })
  }
}

const removalPolicy = (tenant: TenantFile): RemovalPolicy =>
  tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN
