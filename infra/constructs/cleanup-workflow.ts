import type { Construct } from 'constructs'
import { cleanupDefinition } from '#functions/workflows/cleanup/definition.ts'
import { undoCleanupDefinition } from '#functions/workflows/cleanup/undo-definition.ts'
import { type Access, bucketAccess } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { House } from '#infra/constructs/house.ts'
import { Workflow } from '#infra/constructs/workflow.ts'
import type { Entry } from '#infra/entries.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack }

type StepProps = { entry: Entry; description: string; records?: Access; uses?: readonly Access[]; memoryMb?: number }

const errorImpact = 'The data is not cleaned to the end: the run says how far it came, and can be started again.'

/** The files of runs, for a function's `uses`. */
export function cleanupFilesOf({ house, data }: Props, actions: 'read' | 'readWrite') {
  return bucketAccess(data.files, { variable: 'FILES_BUCKET', prefixes: ['cleanup/*'], actions, key: house.key })
}

/** The workflow that keeps the data clean. */
export function cleanupWorkflow(scope: Construct, props: Props) {
  const step = (id: string, about: StepProps) => stepOf(scope, props, id, about)
  return new Workflow(scope, 'Cleanup', {
    house: props.house,
    name: 'cleanup',
    description: 'Evaluates and fixes all records, finds duplicates, asks to verify stale ones, purges the recycle bin',
    errorImpact,
    steps: {
      plan: step('PlanCleanup', {
        entry: 'workflows/cleanup/plan-cleanup',
        description: 'Settles the policy and the records that a cleanup goes by',
        records: props.data.records.read,
      }),
      evaluateLane: step('EvaluateLane', {
        entry: 'workflows/cleanup/evaluate-lane',
        description: 'Scores records and makes the fixes that lose no meaning',
      }),
      compare: step('CompareRecords', {
        entry: 'workflows/cleanup/compare-records',
        description: 'Finds duplicates among all records, or among those changed since the last cleanup',
        // All records of an object are held for the first comparison; 3,008 MB: what every account may have.
        memoryMb: 3008,
      }),
      refresh: step('PlanRefresh', {
        entry: 'workflows/cleanup/plan-refresh',
        description: 'Makes verification tasks of stale records',
      }),
      purge: step('PurgeRecords', {
        entry: 'workflows/cleanup/purge-records',
        description: 'Deletes for good what has been in the recycle bin long enough',
        uses: [props.data.search.update],
      }),
      report: step('ReportCleanup', {
        entry: 'workflows/cleanup/report-cleanup',
        description: 'Writes the report of a cleanup, and ends it',
      }),
      fail: step('FailCleanup', {
        entry: 'workflows/cleanup/fail-cleanup',
        description: 'Ends a cleanup that cannot go on, with a report',
      }),
    },
    definition: cleanupDefinition,
  })
}

/** The workflow that takes back what a cleanup did. */
export function undoCleanupWorkflow(scope: Construct, props: Props) {
  const step = (id: string, about: StepProps) => stepOf(scope, props, id, about)
  return new Workflow(scope, 'UndoCleanup', {
    house: props.house,
    name: 'undo-cleanup',
    description: 'Gives records back the values they had before a cleanup, and takes back its tasks',
    errorImpact: 'A cleanup that was a mistake cannot be undone in one go.',
    steps: {
      plan: step('PlanCleanupUndo', {
        entry: 'workflows/cleanup/plan-cleanup-undo',
        description: 'Takes merges of a cleanup apart and shares out its fixes',
      }),
      undoLane: step('UndoLane', {
        entry: 'workflows/cleanup/undo-lane',
        description: 'Takes back fixes of a cleanup',
      }),
      end: step('EndCleanupUndo', {
        entry: 'workflows/cleanup/end-cleanup-undo',
        description: 'Takes back the tasks of a cleanup, adds up what undoing did, and ends it',
      }),
    },
    definition: undoCleanupDefinition,
  })
}

function stepOf(scope: Construct, props: Props, id: string, step: StepProps) {
  const { records = props.data.records.readWrite, uses = [], ...about } = step
  return new CrmFunction(scope, id, {
    memoryMb: 1769,
    ...about,
    house: props.house,
    errorImpact,
    uses: [records, cleanupFilesOf(props, 'readWrite'), ...uses],
    // 15 minutes: Lambda's longest. A step with little time left ends, and is called again.
    timeoutSeconds: 900,
  })
}
