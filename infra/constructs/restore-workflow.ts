import type { Construct } from 'constructs'
import { restoreDefinition } from '#functions/workflows/restore/definition.ts'
import { type Access, bucketAccess } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import { Workflow } from '#infra/constructs/workflow.ts'
import type { Entry } from '#infra/entries.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack }

type StepProps = { entry: Entry; description: string; records?: Access; uses?: readonly Access[] }

const errorImpact = 'Records do not come back from a backup: the run says how far it came, and can be asked for again.'

/** The files of restores, for a function's `uses`. */
export function restoreFilesOf({ house, data }: Props, actions: 'read' | 'readWrite') {
  const about = { variable: 'FILES_BUCKET', prefixes: ['restores/*'], key: house.key }
  return bucketAccess(data.files, { ...about, actions })
}

/** The workflow that brings records back from a backup. */
export function restoreWorkflow(scope: Construct, props: Props) {
  const { vault, evidence } = props.data
  const step = (id: string, about: StepProps) => stepOf(scope, props, id, about)
  const reading = { uses: [vault.read, evidence.verify] }
  return new Workflow(scope, 'Restore', {
    house: props.house,
    name: 'restore',
    description: 'Verifies a backup, and brings records back from it as new versions',
    errorImpact,
    steps: {
      verify: step('VerifyRestore', {
        ...reading,
        entry: 'workflows/restore/verify-restore',
        description: 'Reads every file of a backup to its end, before anything is taken from it',
      }),
      collect: step('CollectRestore', {
        ...reading,
        entry: 'workflows/restore/collect-restore',
        description: 'Copies what a backup says of the wanted records to where they are restored from',
      }),
      apply: step('ApplyRestore', {
        entry: 'workflows/restore/apply-restore',
        description: 'Writes records as they were, or says what that would change',
      }),
      end: step('EndRestore', {
        entry: 'workflows/restore/end-restore',
        description: 'Writes the report of a restore, and ends it',
      }),
      fail: step('FailRestore', {
        entry: 'workflows/restore/fail-restore',
        description: 'Ends a restore that cannot go on, with a report',
      }),
    },
    definition: restoreDefinition,
  })
}

function stepOf(scope: Construct, props: Props, id: string, step: StepProps) {
  const { records = props.data.records.readWrite, uses = [], ...about } = step
  return new CrmFunction(scope, id, {
    ...about,
    house: props.house,
    errorImpact,
    uses: [records, restoreFilesOf(props, 'readWrite'), ...uses],
    memoryMb: 1769,
    // 15 minutes: Lambda's longest. A step with little time left ends, and is called again.
    timeoutSeconds: 900,
  })
}
