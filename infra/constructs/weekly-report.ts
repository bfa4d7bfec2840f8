import type { Construct } from 'constructs'
import { bucketAccess } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { DeadLetters } from '#infra/constructs/dead-letters.ts'
import type { House } from '#infra/constructs/house.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack }

/** The files of quality reports, for a function's `uses`. */
export function reportFilesOf({ house, data }: Props, actions: 'read' | 'readWrite') {
  return bucketAccess(data.files, { variable: 'FILES_BUCKET', prefixes: ['reports/*'], actions, key: house.key })
}

/** What a schedule calls once a week: the quality report to each owner and manager. */
export function weeklyReportFunction(scope: Construct, props: Props & { deadLetters?: DeadLetters }): CrmFunction {
  const { house, data, deadLetters } = props
  return new CrmFunction(scope, 'WeeklyReport', {
    house,
    entry: 'schedules/weekly-report',
    description: 'Writes the weekly quality report of each owner and manager, and tells them',
    errorImpact: 'Owners and managers do not get their weekly quality report.',
    uses: [data.records.readWrite, reportFilesOf({ house, data }, 'readWrite')],
    memoryMb: 1024,
    // 15 minutes: Lambda's longest. What is left then is done by the next try: nothing is sent twice.
    timeoutSeconds: 900,
    ...(deadLetters && { deadLetters }),
  })
}
