import * as z from 'zod'
import { DynamoDbError } from '../client.ts'
import { type Caller, demand } from './caller.ts'
import { parseInput } from './parse-input.ts'
import { tableArnOf, tableNameOf } from './table-arn.ts'
import type { TransferGround } from './transfer-ground.ts'

const tableInput = z.object({ TableName: z.string().min(1) })
const described = z.looseObject({ CreationDateTime: z.number().optional(), TableStatus: z.string() })

/** DescribeTable, as AWS has it: a table that is being imported is not there yet. */
export async function describeTable(
  ground: TransferGround,
  body: unknown,
  caller: Caller,
): Promise<Record<string, unknown>> {
  const name = tableNameOf(parseInput(tableInput, body).TableName)
  const tableArn = tableArnOf(ground.region, name)
  demand(caller, 'dynamodb:DescribeTable', tableArn)
  const { Table } = await ground.call('DescribeTable', { TableName: name })
  return { Table: toAws(ground, described.parse(Table), tableArn) }
}

/** DeleteTable; refused while the table is being imported. */
export async function deleteTable(
  ground: TransferGround,
  body: unknown,
  caller: Caller,
): Promise<Record<string, unknown>> {
  const name = tableNameOf(parseInput(tableInput, body).TableName)
  const tableArn = tableArnOf(ground.region, name)
  demand(caller, 'dynamodb:DeleteTable', tableArn)
  if (ground.store.importInto(tableArn) !== undefined)
    throw new DynamoDbError('ResourceInUseException', 400, `Table is being created: ${name}`)
  const { TableDescription } = await ground.call('DeleteTable', { TableName: name })
  return { TableDescription: toAws(ground, described.parse(TableDescription), tableArn) }
}

/** The engine has ARNs of a region of its own, and times in seconds. */
function toAws(
  { store }: TransferGround,
  { CreationDateTime, ...table }: z.infer<typeof described>,
  tableArn: string,
): Record<string, unknown> {
  const text = JSON.stringify(table).replaceAll(/arn:aws:dynamodb:[^:]*:[^:]*:table\/[^/"]+/g, tableArn)
  return {
    ...JSON.parse(text),
    ...(CreationDateTime !== undefined && { CreationDateTime: new Date(CreationDateTime * 1000).toISOString() }),
    ...(store.importInto(tableArn) !== undefined && { TableStatus: 'CREATING' }),
  }
}
