import local from '../tenants/local.json' with { type: 'json' }
import { runningStack } from './endpoints-file.ts'

/** Points the SDK at the running local stack and names its tables; throws, saying what to do, when none runs. */
export function tablesOfRunningStack(): { records: string; search: string } {
  const running = runningStack()
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: running.endpoints['dynamodb'],
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  return { records: tableNamed('Records', running.tables), search: tableNamed('Search', running.tables) }
}

/** Local tables are named as in the template: what it calls them and a hash. */
function tableNamed(name: string, tables: readonly string[]): string {
  const found = tables.find(table => table.replace(/[0-9A-F]{8}$/, '').endsWith(name))
  if (found === undefined)
    throw new Error(`The running stack has no table ${name}: it is of another version, npm start`)
  return found
}
