import { Stack } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'

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

function keyUseThrough(service: string, key: IKey, actions: string[]): PolicyStatementProps {
  const { region, urlSuffix } = Stack.of(key)
  const conditions = { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } }
  return { actions, resources: [key.keyArn], conditions }
}
