import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { consumeRecords, oneByOne } from '#functions/edge/consumer.ts'
import { matchSignIn, type UserPool } from '#functions/events/match-sign-in.ts'
import { required } from '#lib/runtime/env.ts'
import { readRecord } from '#lib/store/read.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'

let table: Table | undefined
let pool: UserPool | undefined

/** Creates, changes and disables sign-ins as user records say now. */
export const handler = consumeRecords(oneByOne(syncSignIn))

/** Done again when the record changed meanwhile: of two runs that overlap, the one that ends last has seen the newest. */
async function syncSignIn(userId: string): Promise<void> {
  table ??= openTable(required('TABLE_NAME'))
  pool ??= { id: required('USER_POOL_ID'), client: new CognitoIdentityProviderClient({ maxAttempts: 5 }) }
  const store = createStore(table)
  for (let user = await readRecord(store, userId), done = 0; user && user.version !== done; ) {
    done = user.version
    await matchSignIn(pool, user)
    user = await readRecord(store, userId)
  }
}
