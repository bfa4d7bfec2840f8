import type { Construct } from 'constructs'
import { drillDefinition } from '#functions/workflows/drill/definition.ts'
import type { Access } from '#infra/constructs/access.ts'
import { backupFilesOf } from '#infra/constructs/backup-workflow.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import { Workflow } from '#infra/constructs/workflow.ts'
import type { Entry } from '#infra/entries.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack }

type StepProps = { entry: Entry; description: string; records?: Access; uses: readonly Access[] }

const errorImpact = 'Nobody knows whether the last backup can be restored.'

/** The workflow that proves backups by restoring one. */
export function drillWorkflow(scope: Construct, props: Props) {
  const { house, data } = props
  return new Workflow(scope, 'RestoreDrill', {
    house,
    name: 'restore-drill',
    description: 'Restores a backup into a scratch table, compares it with the live one, deletes it, signs the report',
    errorImpact,
    calls: data.vault.imports,
    steps: drillSteps(scope, props),
    definition: arns => drillDefinition(arns, { bucket: data.vault.name, keyArn: house.key.keyArn }),
  })
}

function drillSteps(scope: Construct, props: Props) {
  const { records, vault, evidence } = props.data
  const step = (id: string, about: StepProps) => stepOf(scope, props, { id, ...about })
  const reading = [vault.read, evidence.verify]
  return {
    plan: step('PlanDrill', {
      entry: 'workflows/drill/plan-drill',
      description: 'Chooses the backup of a drill, and deletes what dead drills have left',
      uses: [...reading, vault.scratch.find, vault.scratch.drop],
    }),
    verify: step('VerifyShare', {
      entry: 'workflows/drill/verify-share',
      description: 'Reads files of a backup to their ends, before anything is restored',
      records: records.readById,
      uses: reading,
    }),
    increments: step('ApplyIncrements', {
      entry: 'workflows/drill/apply-increments',
      description: 'Applies incremental backups to the restored table',
      uses: [...reading, vault.scratch.fill],
    }),
    digest: step('DigestTable', {
      entry: 'workflows/drill/digest-table',
      description: 'Writes down the hashes of a share of the live or the restored table',
      records: records.scan,
      uses: [vault.scratch.scan],
    }),
    compare: step('CompareTables', {
      entry: 'workflows/drill/compare-tables',
      description: 'Compares the restored table with the live one, and looks for a reason where they differ',
      records: records.read,
      uses: [vault.scratch.read],
    }),
    reads: step('CheckReads', {
      entry: 'workflows/drill/check-reads',
      description: 'Reads the restored table by the product itself',
      uses: [vault.scratch.read],
    }),
    end: step('EndDrill', {
      entry: 'workflows/drill/end-drill',
      description: 'Deletes the scratch table, signs the report, and says whether the backup is proven',
      uses: [vault.write, evidence.sign, vault.scratch.drop],
    }),
    fail: step('FailDrill', {
      entry: 'workflows/drill/fail-drill',
      description: 'Ends a drill that cannot go on, and deletes its scratch table',
      uses: [vault.scratch.drop],
    }),
  }
}

function stepOf(
  scope: Construct,
  props: Props,
  { id, records = props.data.records.readWrite, uses, ...about }: StepProps & { id: string },
) {
  return new CrmFunction(scope, id, {
    ...about,
    house: props.house,
    errorImpact,
    uses: [records, backupFilesOf(props), props.data.vault.scratch.names, ...uses],
    memoryMb: 1769,
    // 15 minutes: Lambda's longest. A step with little time left ends, and is called again.
    timeoutSeconds: 900,
  })
}
