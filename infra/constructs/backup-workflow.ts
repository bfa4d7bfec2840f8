import type { Construct } from 'constructs'
import { backupDefinition } from '#functions/workflows/backup/definition.ts'
import { type Access, bucketAccess } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import { Workflow } from '#infra/constructs/workflow.ts'
import type { Entry } from '#infra/entries.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack }

type StepProps = { entry: Entry; description: string; records?: Access; uses?: readonly Access[] }

const errorImpact = 'There is no new backup, or none in the second region: more would be lost than the policy allows.'

/** What the steps of backups and drills keep for each other. */
export function backupFilesOf({ house, data }: Props): Access {
  const about = { variable: 'FILES_BUCKET', prefixes: ['backups/*'], key: house.key }
  return bucketAccess(data.files, { ...about, actions: 'readWrite' })
}

/** The names of all versions of all files, for a backup's inventory. */
function fileVersionsOf({ data }: Props): Access {
  return { environment: {}, permissions: [{ actions: ['s3:ListBucketVersions'], resources: [data.files.bucketArn] }] }
}

/** The workflow that makes backups. */
export function backupWorkflow(scope: Construct, props: Props) {
  const { house, data } = props
  const places = { tableArn: data.recordsTable.tableArn, bucket: data.vault.name, keyArn: house.key.keyArn }
  return new Workflow(scope, 'Backup', {
    house,
    name: 'backup',
    description: 'Exports the records, verifies every file, signs the catalogue, sees the copy in the second region',
    errorImpact,
    calls: data.vault.exports,
    steps: backupSteps(scope, props),
    definition: arns => backupDefinition(arns, places),
  })
}

function backupSteps(scope: Construct, props: Props) {
  const { vault, evidence } = props.data
  const step = (id: string, about: StepProps) => stepOf(scope, props, { id, ...about })
  const reading = [vault.read, evidence.verify]
  return {
    plan: step('PlanBackup', {
      entry: 'workflows/backup/plan-backup',
      description: 'Settles whether a backup is full or goes on from the one before',
      uses: reading,
    }),
    inspect: step('InspectExport', {
      entry: 'workflows/backup/inspect-export',
      description: 'Reads the manifests of a finished export and shares its files out',
      uses: reading,
    }),
    verify: step('VerifyExport', {
      entry: 'workflows/backup/verify-export',
      description: 'Reads files of an export to their ends',
      records: props.data.records.readById,
      uses: reading,
    }),
    catalogue: step('CatalogueBackup', {
      entry: 'workflows/backup/catalogue-backup',
      description: 'Writes and signs the catalogue of a backup',
      uses: [vault.write, evidence.sign, fileVersionsOf(props)],
    }),
    copy: step('WatchCopy', {
      entry: 'workflows/backup/watch-copy',
      description: 'Looks whether the second region has the backup, byte for byte, and the files that belong to it',
      uses: [...reading, vault.copy, fileVersionsOf(props), props.data.seeFilesCopy],
    }),
    end: step('EndBackup', {
      entry: 'workflows/backup/end-backup',
      description: 'Deletes backups whose time is over, and reports what was made',
      uses: [vault.expire, evidence.verify],
    }),
    fail: step('FailBackup', {
      entry: 'workflows/backup/fail-backup',
      description: 'Ends a backup that cannot go on',
      uses: reading,
    }),
  }
}

function stepOf(
  scope: Construct,
  props: Props,
  { id, records = props.data.records.readWrite, uses = [], ...about }: StepProps & { id: string },
) {
  return new CrmFunction(scope, id, {
    ...about,
    house: props.house,
    errorImpact,
    uses: [records, backupFilesOf(props), ...uses],
    memoryMb: 1769,
    // 15 minutes: Lambda's longest. A step with little time left ends, and is called again.
    timeoutSeconds: 900,
  })
}
