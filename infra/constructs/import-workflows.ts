import type { Construct } from 'constructs'
import { importDefinition } from '#functions/workflows/import/definition.ts'
import { undoDefinition } from '#functions/workflows/import/undo-definition.ts'
import { type Access, bucketAccess } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import { Workflow } from '#infra/constructs/workflow.ts'
import type { Entry } from '#infra/entries.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack }

const errorImpact = 'Imports stop half-way: people must start them again.'

/** The files of imports, for a function's `uses`. */
export function importFilesOf({ house, data }: Props) {
  return bucketAccess(data.files, {
    variable: 'FILES_BUCKET',
    prefixes: ['imports/*'],
    actions: 'readWrite',
    key: house.key,
  })
}

/** The workflow that brings the rows of a file in. */
export function importWorkflow(scope: Construct, props: Props) {
  const { house } = props
  return new Workflow(scope, 'Import', {
    house,
    name: 'import',
    description: 'Imports the rows of a file as records',
    errorImpact,
    steps: {
      split: stepOf(scope, props, {
        id: 'SplitImport',
        entry: 'workflows/import/split-import',
        description: 'Splits the file of an import into segments of rows',
      }),
      importSegments: stepOf(scope, props, {
        id: 'ImportSegments',
        entry: 'workflows/import/import-segments',
        description: 'Writes the rows of some segments of an import',
      }),
      report: stepOf(scope, props, {
        id: 'ReportImport',
        entry: 'workflows/import/report-import',
        description: 'Adds up what an import did, and ends it',
      }),
      fail: stepOf(scope, props, {
        id: 'FailImport',
        entry: 'workflows/import/fail-import',
        description: 'Ends an import that cannot go on, with a report',
      }),
    },
    definition: importDefinition,
  })
}

/** The workflow that takes back what an import did. */
export function undoImportWorkflow(scope: Construct, props: Props) {
  const { house } = props
  return new Workflow(scope, 'UndoImport', {
    house,
    name: 'undo-import',
    description: 'Deletes what an import created and gives back what it changed',
    errorImpact: 'Imports that were a mistake cannot be undone in one go.',
    steps: {
      plan: stepOf(scope, props, {
        id: 'PlanUndo',
        entry: 'workflows/import/plan-undo',
        description: 'Shares out the segments of an import that is undone',
        records: props.data.records.read,
      }),
      undoSegments: stepOf(scope, props, {
        id: 'UndoSegments',
        entry: 'workflows/import/undo-segments',
        description: 'Takes back what some segments of an import wrote',
      }),
      end: stepOf(scope, props, {
        id: 'EndUndo',
        entry: 'workflows/import/end-undo',
        description: 'Adds up what undoing an import did, and ends it',
      }),
    },
    definition: undoDefinition,
  })
}

function stepOf(
  scope: Construct,
  props: Props,
  step: { id: string; entry: Entry; description: string; records?: Access },
) {
  const { id, entry, description, records = props.data.records.readWrite } = step
  return new CrmFunction(scope, id, {
    house: props.house,
    entry,
    description,
    errorImpact,
    uses: [records, importFilesOf(props)],
    memoryMb: 1024,
    // 15 minutes: Lambda's longest. A step with little time left ends, and its retry goes on.
    timeoutSeconds: 900,
  })
}
