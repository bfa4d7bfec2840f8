import { localAccount } from '../../resolve.ts'

/** ARN of a table of this name. */
export function tableArnOf(region: string, name: string): string {
  return `arn:aws:dynamodb:${region}:${localAccount}:table/${name}`
}

/** The name in a table's ARN, or the name itself: DynamoDB takes both. */
export function tableNameOf(nameOrArn: string): string {
  return /^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn
}
