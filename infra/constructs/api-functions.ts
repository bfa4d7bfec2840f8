import type { Construct } from 'constructs'
import { verifying } from '#infra/constructs/access-log-schedules.ts'
import { archiveFilesOf } from '#infra/constructs/archive-workflow.ts'
import { cleanupFilesOf } from '#infra/constructs/cleanup-workflow.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { exportFilesOf } from '#infra/constructs/export-workflow.ts'
import type { House } from '#infra/constructs/house.ts'
import { importFilesOf } from '#infra/constructs/import-workflows.ts'
import { restoreFilesOf } from '#infra/constructs/restore-workflow.ts'
import { reportFilesOf } from '#infra/constructs/weekly-report.ts'
import type { AccessLogStack } from '#infra/stacks/access-log.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import type { WorkflowsStack } from '#infra/stacks/workflows.ts'

type Props = { house: House; data: DataStack; accessLog: AccessLogStack; workflows: WorkflowsStack }

/** The functions behind the routes, by their entry (the fallback answers what no route does). */
export function apiFunctions(scope: Construct, props: Props) {
  return {
    ...recordFunctions(scope, props),
    ...jobFunctions(scope, props),
    ...qualityFunctions(scope, props),
    ...policyFunctions(scope, props),
    ...maintenanceFunctions(scope, props),
    ...accessFunctions(scope, props),
    ...aroundFunctions(scope, props),
  }
}

/** What works on records, one by one. */
function recordFunctions(scope: Construct, { house, data }: Props) {
  const { records, search, signIn } = data
  return {
    'api/records': new CrmFunction(scope, 'Records', {
      house,
      entry: 'api/records',
      description: 'Creates, reads, finds, changes and removes records of every object',
      errorImpact: 'Nobody can read or change customers, contacts and activities.',
      uses: [records.readWrite, signIn.verify],
      memoryMb: 1024,
    }),
    'api/duplicates': new CrmFunction(scope, 'Duplicates', {
      house,
      entry: 'api/duplicates',
      description: 'Finds duplicates, merges records and takes merges apart again',
      errorImpact: 'Nobody can see duplicates, merge records or undo a merge.',
      uses: [records.readWrite, signIn.verify],
      memoryMb: 1024,
    }),
    'api/search': new CrmFunction(scope, 'SearchRecords', {
      house,
      entry: 'api/search',
      description: 'Finds records by name, e-mail address and phone number',
      errorImpact: 'Nobody can search for a customer or contact.',
      uses: [records.read, search.find, signIn.verify],
      // Pinyin and readings of names, loaded with the first query in Latin letters, take processor time more than memory.
      memoryMb: 1024,
    }),
  }
}

/** What starts jobs on files of records. */
function jobFunctions(scope: Construct, { house, data, workflows }: Props) {
  const { records, signIn } = data
  return {
    'api/imports': new CrmFunction(scope, 'Imports', {
      house,
      entry: 'api/imports',
      description: 'Starts, shows, cancels and undoes imports',
      errorImpact: 'Nobody can import a file, or see how far an import is.',
      uses: [
        records.readWrite,
        importFilesOf({ house, data }),
        workflows.import.start,
        workflows.undoImport.start,
        signIn.verify,
      ],
      memoryMb: 1024,
    }),
    'api/exports': new CrmFunction(scope, 'Exports', {
      house,
      entry: 'api/exports',
      description: 'Starts and shows exports',
      errorImpact: 'Nobody can export records, or get the file of an export.',
      uses: [records.readWrite, exportFilesOf({ house, data }, 'read'), workflows.export.start, signIn.verify],
    }),
  }
}

/** What tells people how good their data is, and what happened to it. */
function qualityFunctions(scope: Construct, { house, data }: Props) {
  const { records, signIn } = data
  return {
    'api/quality': new CrmFunction(scope, 'Quality', {
      house,
      entry: 'api/quality',
      description: 'Shows how good the data is, its trend, and the weekly reports',
      errorImpact: 'Nobody can see the quality of the data or get a quality report.',
      uses: [records.read, reportFilesOf({ house, data }, 'read'), signIn.verify],
    }),
    'api/notifications': new CrmFunction(scope, 'Notifications', {
      house,
      entry: 'api/notifications',
      description: 'Shows people their inbox, and marks what they have read',
      errorImpact: 'Nobody can see what the product has to tell them.',
      uses: [records.readWrite, signIn.verify],
    }),
    'api/refresh': new CrmFunction(scope, 'Refresh', {
      house,
      entry: 'api/refresh',
      description: 'Verifies records, and shows how far refresh plans are',
      errorImpact: 'Nobody can mark a record as verified or see how far a refresh plan is.',
      uses: [records.readWrite, signIn.verify],
      memoryMb: 1024,
    }),
    'api/audits': new CrmFunction(scope, 'Audits', {
      house,
      entry: 'api/audits',
      description: 'Starts and shows audits by people, and takes their results',
      errorImpact: 'Nobody can start an audit, see its results or record one.',
      uses: [records.readWrite, signIn.verify],
    }),
  }
}

/** What the tenant decides about its data. */
function policyFunctions(scope: Construct, { house, data }: Props) {
  return {
    'api/settings': new CrmFunction(scope, 'Settings', {
      house,
      entry: 'api/settings',
      description: 'Shows and changes what the tenant has decided about its data, and tries new entry standards',
      errorImpact: 'Nobody can see or change the cleanup schedule, retention, quality thresholds and entry standards.',
      uses: [data.records.readWrite, data.signIn.verify, data.webhookKey.sign],
      memoryMb: 1024,
    }),
  }
}

/** What keeps the data in order. */
function maintenanceFunctions(scope: Construct, { house, data, workflows }: Props) {
  return {
    'api/maintenance': new CrmFunction(scope, 'Maintenance', {
      house,
      entry: 'api/maintenance',
      description: 'Starts and shows maintenance runs, cancels and undoes cleanups',
      errorImpact: 'Nobody can start a cleanup, a backup or a restore drill, undo a cleanup, or see what one did.',
      uses: [
        data.records.readWrite,
        cleanupFilesOf({ house, data }, 'read'),
        restoreFilesOf({ house, data }, 'read'),
        archiveFilesOf({ house, data }, 'read'),
        workflows.cleanup.start,
        workflows.undoCleanup.start,
        workflows.backup.start,
        workflows.restoreDrill.start,
        data.signIn.verify,
      ],
    }),
    'api/restores': new CrmFunction(scope, 'Restores', {
      house,
      entry: 'api/restores',
      description: 'Restores records of a backup, and has all of it written into one file',
      errorImpact: 'Nobody can bring records back from a backup, or take all out in one file.',
      uses: [
        data.records.readWrite,
        restoreFilesOf({ house, data }, 'readWrite'),
        data.vault.read,
        data.evidence.verify,
        workflows.restore.start,
        workflows.archive.start,
        data.signIn.verify,
      ],
      memoryMb: 1769,
    }),
    'api/backups': new CrmFunction(scope, 'Backups', {
      house,
      entry: 'api/backups',
      description: 'Shows the backups there are, and which of them a restore has proven',
      errorImpact: 'Nobody can see which backups there are or restore from one.',
      uses: [data.records.read, data.vault.read, data.evidence.verify, data.signIn.verify],
    }),
  }
}

/** Who did what. */
function accessFunctions(scope: Construct, { house, data, accessLog }: Props) {
  return {
    'api/access-log': new CrmFunction(scope, 'Accesses', {
      house,
      entry: 'api/access-log',
      description:
        'Tells who did what to which record, checks that the log of it was not altered, and keeps what alerts came to',
      errorImpact: 'Nobody can ask the access log; it goes on being written.',
      uses: [data.records.readWrite, accessLog.find, ...verifying({ house, data, accessLog }), data.signIn.verify],
      // Checking reads and hashes whole log files.
      memoryMb: 1769,
    }),
  }
}

/** What is about the service itself. */
function aroundFunctions(scope: Construct, { house, data }: Props) {
  const { records, signIn } = data
  return {
    'api/me': new CrmFunction(scope, 'Me', {
      house,
      entry: 'api/me',
      description: 'Tells who is signed in, what they may do, and which objects and fields there are',
      errorImpact: 'Clients cannot find out who is signed in and which fields to show, so screens stay empty.',
      uses: [records.read, signIn.verify],
    }),
    'api/docs': new CrmFunction(scope, 'Docs', {
      house,
      entry: 'api/docs',
      description: 'Serves the OpenAPI document and its page',
      errorImpact: 'Developers cannot read the API documentation or generate clients from it.',
      uses: [],
    }),
    'api/health': new CrmFunction(scope, 'Health', {
      house,
      entry: 'api/health',
      description: 'Answers that the API is up, and its version',
      errorImpact: 'Monitoring reports the CRM as down although it may work.',
      uses: [],
    }),
    fallback: new CrmFunction(scope, 'Fallback', {
      house,
      entry: 'api/fallback',
      description: 'Answers calls of unknown paths and methods with a problem document',
      errorImpact: 'Clients that call a wrong path get an error that does not say what is wrong.',
      uses: [],
    }),
  }
}
