import type { Construct } from 'constructs'
import { archiveDefinition } from '#functions/workflows/archive/definition.ts'
import { type Access, bucketAccess, versionAccess } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import { Workflow } from '#infra/constructs/workflow.ts'
import type { AccessLogStack } from '#infra/stacks/access-log.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import { copiedPrefixes } from '#lib/backup/vault-keys.ts'

type Props = { house: House; data: DataStack; accessLog: AccessLogStack }

const errorImpact = 'Nobody can take out all of the tenant in one file; the data itself is as it was.'

/** The files of archives, for a function's `uses`. */
export function archiveFilesOf({ house, data }: Omit<Props, 'accessLog'>, actions: 'read' | 'readWrite'): Access {
  return bucketAccess(data.files, { variable: 'FILES_BUCKET', prefixes: ['archives/*'], key: house.key, actions })
}

/** The workflow that writes all that there is of a tenant into one file. */
export function archiveWorkflow(scope: Construct, props: Props) {
  const { house, data, accessLog } = props
  const common = { house, errorImpact, memoryMb: 1769 }
  const files = archiveFilesOf(props, 'readWrite')
  return new Workflow(scope, 'Archive', {
    house,
    name: 'archive',
    description: 'Verifies a backup, and writes records, history, files and access log into one signed file',
    errorImpact,
    steps: {
      write: new CrmFunction(scope, 'WriteArchive', {
        ...common,
        entry: 'workflows/archive/write-archive',
        description: 'Writes all that there is of the tenant into one signed file',
        uses: [
          data.records.readWrite,
          files,
          versionAccess(
            data.files,
            copiedPrefixes.map(prefix => `${prefix}*`),
          ),
          accessLog.files(house, { prefixes: ['AWSLogs/*', 'verifications/*'], actions: 'read' }),
          data.vault.read,
          data.evidence.verify,
          data.evidence.sign,
        ],
        // 15 minutes: Lambda's longest.
        timeoutSeconds: 900,
      }),
      fail: new CrmFunction(scope, 'FailArchive', {
        ...common,
        entry: 'workflows/archive/fail-archive',
        description: 'Ends an archive that cannot be made',
        uses: [data.records.readWrite, files],
        timeoutSeconds: 900,
      }),
    },
    definition: archiveDefinition,
  })
}
