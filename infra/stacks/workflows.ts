import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { archiveWorkflow } from '#infra/constructs/archive-workflow.ts'
import { backupWorkflow } from '#infra/constructs/backup-workflow.ts'
import { cleanupWorkflow, undoCleanupWorkflow } from '#infra/constructs/cleanup-workflow.ts'
import { drillWorkflow } from '#infra/constructs/drill-workflow.ts'
import { exportWorkflow } from '#infra/constructs/export-workflow.ts'
import type { House } from '#infra/constructs/house.ts'
import { importWorkflow, undoImportWorkflow } from '#infra/constructs/import-workflows.ts'
import { restoreWorkflow } from '#infra/constructs/restore-workflow.ts'
import type { Workflow } from '#infra/constructs/workflow.ts'
import type { AccessLogStack } from '#infra/stacks/access-log.ts'
import type { DataStack } from '#infra/stacks/data.ts'

/** What the makers of workflows get. */
export type WorkflowsProps = StackProps & { house: House; data: DataStack; accessLog: AccessLogStack }

/** Work that takes longer than a request: workflows and the functions that are their steps. */
export class WorkflowsStack extends Stack {
  /** All workflows, for alarms and the dashboard. */
  readonly workflows: readonly Workflow[]

  readonly import: Workflow
  readonly undoImport: Workflow
  readonly export: Workflow
  readonly cleanup: Workflow
  readonly undoCleanup: Workflow
  readonly backup: Workflow
  readonly restoreDrill: Workflow
  readonly restore: Workflow
  readonly archive: Workflow

  constructor(scope: Construct, id: string, props: WorkflowsProps) {
    super(scope, id, props)
    this.import = importWorkflow(this, props)
    this.undoImport = undoImportWorkflow(this, props)
    this.export = exportWorkflow(this, props)
    this.cleanup = cleanupWorkflow(this, props)
    this.undoCleanup = undoCleanupWorkflow(this, props)
    this.backup = backupWorkflow(this, props)
    this.restoreDrill = drillWorkflow(this, props)
    this.restore = restoreWorkflow(this, props)
    this.archive = archiveWorkflow(this, props)
    this.workflows = [
      this.import,
      this.undoImport,
      this.export,
      this.cleanup,
      this.undoCleanup,
      this.backup,
      this.restoreDrill,
      this.restore,
      this.archive,
    ]
  }
}
