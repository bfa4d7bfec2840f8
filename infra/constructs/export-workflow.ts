import type { Construct } from 'constructs'
import { exportDefinition } from '#functions/workflows/export/definition.ts'
import { type Access, bucketAccess } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import { Workflow } from '#infra/constructs/workflow.ts'
import type { Entry } from '#infra/entries.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack }

type StepProps = { entry: Entry; description: string; records?: Access }

const errorImpact = 'Exports do not come to an end: people get no file.'

/** The files of exports, for a function's `uses`. */
export function exportFilesOf({ house, data }: Props, actions: 'read' | 'readWrite') {
  return bucketAccess(data.files, { variable: 'FILES_BUCKET', prefixes: ['exports/*'], actions, key: house.key })
}

/** The workflow that writes records into a file. */
export function exportWorkflow(scope: Construct, props: Props) {
  return new Workflow(scope, 'Export', {
    house: props.house,
    name: 'export',
    description: 'Writes the records that somebody may see into a file',
    errorImpact,
    steps: {
      part: stepOf(scope, props, 'ExportPart', {
        entry: 'workflows/export/export-part',
        description: 'Writes a part of an export',
        records: props.data.records.read,
      }),
      finish: stepOf(scope, props, 'FinishExport', {
        entry: 'workflows/export/finish-export',
        description: 'Joins the parts of an export to its file',
      }),
      fail: stepOf(scope, props, 'FailExport', {
        entry: 'workflows/export/fail-export',
        description: 'Ends an export that cannot go on',
      }),
    },
    definition: exportDefinition,
  })
}

function stepOf(scope: Construct, props: Props, id: string, step: StepProps) {
  const { records = props.data.records.readWrite, ...about } = step
  return new CrmFunction(scope, id, {
    ...about,
    house: props.house,
    errorImpact,
    uses: [records, exportFilesOf(props, 'readWrite')],
    memoryMb: 1024,
    timeoutSeconds: 900,
  })
}
