import { Stack } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Bucket } from 'aws-cdk-lib/aws-s3'

/** What a function is given of a resource: the variables that name it together with the right to use it, never one without the other. */
export type Access = {
  environment: Record<string, string>
  permissions: readonly PolicyStatementProps[]
}

type ItemAccess = {
  /** Variable that holds the table's name. */
  variable: string
  /** Without the `dynamodb:`. */
  actions: readonly string[]
  /** Indexes that may be queried, by name: no wildcard. */
  indexes?: readonly string[]
  key: IKey
}

/** Access to the items of a table. */
export function itemAccess(table: Table, { variable, actions, indexes = [], key }: ItemAccess): Access {
  const indexArns = indexes.map(index => `${table.tableArn}/index/${index}`)
  const queryIndexes = indexArns.length > 0 ? [{ actions: ['dynamodb:Query'], resources: indexArns }] : []
  const items = { actions: actions.map(action => `dynamodb:${action}`), resources: [table.tableArn] }
  return {
    environment: { [variable]: table.tableName },
    permissions: [items, ...queryIndexes, decryptThrough('dynamodb', key)],
  }
}

type BucketAccess = {
  /** Variable that holds the bucket's name. */
  variable: string
  /** Keys that may be touched, as `imports/*`. */
  prefixes: readonly string[]
  actions: 'read' | 'readWrite'
  key: IKey
}

/** What reading or changing files takes. Who may not list a bucket is told "forbidden" instead of "missing". */
const fileActions = {
  read: ['s3:GetObject'],
  readWrite: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
}

/** Access to the files of a bucket under some prefixes, and to the names of all. */
export function bucketAccess(bucket: Bucket, { variable, prefixes, actions, key }: BucketAccess): Access {
  const keyActions = actions === 'read' ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey']
  // By its export, as the template of whoever uses it has it: the name under which its wildcard is argued for.
  const bucketArn = Stack.of(bucket).exportValue(bucket.bucketArn)
  return {
    environment: { [variable]: bucket.bucketName },
    permissions: [
      { actions: fileActions[actions], resources: prefixes.map(prefix => `${bucketArn}/${prefix}`) },
      { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
      keyUseThrough('s3', key, keyActions),
    ],
  }
}

/** Reading any version of the files of a bucket under some prefixes, beside `bucketAccess`. */
export function versionAccess(bucket: Bucket, prefixes: readonly string[]): Access {
  const bucketArn = Stack.of(bucket).exportValue(bucket.bucketArn)
  const resources = prefixes.map(prefix => `${bucketArn}/${prefix}`)
  return { environment: {}, permissions: [{ actions: ['s3:GetObjectVersion'], resources }] }
}

/** Lets a function's event source read a table's stream. */
export function streamAccess(table: Table, key: IKey): Access {
  const actions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(name => `dynamodb:${name}`)
  const resources = [table.tableStreamArn ?? '']
  return { environment: {}, permissions: [{ actions, resources }, decryptThrough('dynamodb', key)] }
}

/** Use of the key only by way of one AWS service: the function itself can decrypt nothing it holds. */
export function decryptThrough(service: 'dynamodb' | 'sqs', key: IKey): PolicyStatementProps {
  return keyUseThrough(service, key, ['kms:Decrypt'])
}

/** The same for sending to an encrypted queue, which makes a data key. */
export function encryptThrough(service: 'sqs', key: IKey): PolicyStatementProps {
  return keyUseThrough(service, key, ['kms:Decrypt', 'kms:GenerateDataKey'])
}

/** Use of the key only by way of one AWS service. */
export function keyUseThrough(service: string, key: IKey, actions: string[]): PolicyStatementProps {
  const { region, urlSuffix } = Stack.of(key)
  const conditions = { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } }
  return { actions, resources: [key.keyArn], conditions }
}
