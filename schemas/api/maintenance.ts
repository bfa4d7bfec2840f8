import * as z from 'zod'
import { archiveReport, backupReport, drillReport } from '#schemas/api/backup-reports.ts'
import { defineContract, emptyBody, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, limit } from '#schemas/api/parameters.ts'
import { restoreReport } from '#schemas/api/restore-report.ts'
import { type runKinds, runStates, startableKinds } from '#schemas/system/run.ts'

const runPath = z.object({ id: z.string() })

export const StartRun = defineContract({
  operationId: 'startMaintenanceRun',
  path: noParameters,
  query: noParameters,
  body: z
    .strictObject({
      kind: z.enum(startableKinds).default('cleanup').meta({ description: 'What is to be done.' }),
      dryRun: z.boolean().default(false).meta({
        description: 'Cleanup only: work everything out, with the same report item for item, and change nothing.',
      }),
      full: z.boolean().optional().meta({
        description:
          'Backup only: a full one, whatever is due. Otherwise what changed since the one before, when that will do.',
      }),
      backupId: z
        .string()
        .optional()
        .meta({ description: 'Restore drill only: the backup to prove; the newest by default.' }),
    })
    .optional(),
})

export const FindRuns = defineContract({
  operationId: 'findMaintenanceRuns',
  path: noParameters,
  query: z.strictObject({ limit: limit(20), cursor }),
  body: noBody,
})

export const GetRun = defineContract({
  operationId: 'getMaintenanceRun',
  path: runPath,
  query: noParameters,
  body: noBody,
})

export const CancelRun = defineContract({
  operationId: 'cancelMaintenanceRun',
  path: runPath,
  query: noParameters,
  body: emptyBody,
})

export const UndoRun = defineContract({
  operationId: 'undoMaintenanceRun',
  path: runPath,
  query: noParameters,
  body: emptyBody,
})

export const ReadRunReport = defineContract({
  operationId: 'readMaintenanceReport',
  path: runPath,
  query: z.strictObject({
    format: z
      .enum(['json', 'csv'])
      .default('json')
      .meta({ description: 'Every item as JSON, or as a table for a spreadsheet.' }),
  }),
  body: noBody,
})

export const ReadRunConflicts = defineContract({
  operationId: 'readMaintenanceConflicts',
  path: runPath,
  query: z.strictObject({ limit: limit(50), cursor }),
  body: noBody,
})

const time = z.iso.datetime()
const count = z.int().min(0)
const byName = z.record(z.string(), count)
const score = z.number().min(0).max(100)

/** Steps of every kind of run. */
const stepNames = [
  'plan',
  'evaluate',
  'duplicates',
  'refresh',
  'purge',
  'export',
  'verify',
  'catalogue',
  'copy',
  'expire',
  'import',
  'increments',
  'compare',
  'readChecks',
  'tidy',
  'collect',
  'apply',
  'archive',
  'report',
] as const

/** Where a run stands, step by step, in the order in which they come. */
export const runStep = z.strictObject({
  name: z.enum(stepNames),
  state: z.enum(['waiting', 'running', 'done', 'skipped']),
  count: count.optional().meta({ description: 'Records, groups or tasks done so far.' }),
})

const counts = z.strictObject({
  evaluated: count.meta({ description: 'Records looked at.' }),
  fixed: count.meta({ description: 'Records changed; in a dry run, that would be.' }),
  skipped: count.meta({ description: 'Records that somebody changed meanwhile, left to the next run.' }),
  refused: count.meta({ description: 'Records whose fix would break a rule, left as they are.' }),
  poisoned: count.meta({ description: 'Records that could not be evaluated.' }),
  checked: count.meta({ description: 'Records about which something new was found out, beyond themselves.' }),
  stale: count.meta({ description: 'Records that are due to be verified.' }),
  tasks: count.meta({ description: 'Verification tasks made.' }),
  purged: count.meta({ description: 'Records deleted for good from the recycle bin.' }),
})

const scores = z.strictObject({ before: score.nullable(), after: score.nullable(), belowThreshold: count })

/** What a cleanup found and did, in sums; every item is in its report's files. */
export const cleanupReport = z.strictObject({
  counts,
  fixesByKind: byName.meta({ description: 'Changes by kind of fix.' }),
  findingsByRule: byName.meta({ description: 'Records with a finding, by rule, after the fixes.' }),
  quality: z
    .strictObject({ ...scores.shape, objects: z.record(z.string(), scores.extend({ records: count })) })
    .meta({ description: 'Mean score of 100, before and after the fixes; null where there are no records.' }),
  duplicates: z.strictObject({
    compared: count.meta({
      description: 'Records compared with all others: those that changed since the run before, all in the first run.',
    }),
    pairs: count,
    groups: count.meta({
      description: 'Groups of likely duplicates that the compared records belong to, before any were merged.',
    }),
    merged: count,
  }),
  refresh: z.strictObject({
    created: count,
    alreadyOpen: count,
    unassigned: count.meta({ description: 'Nobody active may change the record.' }),
    noRoom: count.meta({
      description: 'Whoever may change it has all the tasks that the policy allows; the next run takes it.',
    }),
    failed: count.meta({ description: 'Tasks that were refused; `problems` say why.' }),
    left: count.meta({ description: 'Beyond the most of one run; the next takes them.' }),
    planId: z.string().optional(),
  }),
  problems: z
    .array(z.strictObject({ code: z.string(), id: z.string().optional(), detail: z.string() }))
    .meta({ description: 'The first 20 records that were skipped, refused or poisoned, or whose task was refused.' }),
})

const seconds = z.number().min(0)

const runViewOf = <Kind extends (typeof runKinds)[number], Report extends z.ZodType>(kind: Kind, report: Report) =>
  z.strictObject({
    id: z.string(),
    object: z.literal('run'),
    version: z.int().min(1),
    kind: z.literal(kind),
    state: z.enum(runStates),
    dryRun: z.boolean(),
    requestedBy: z.string().meta({ description: 'Id of a user, or `schedule`.' }),
    startedAt: time,
    endedAt: time.optional(),
    durationSeconds: seconds.optional().meta({ description: 'Of a run that has ended.' }),
    costEstimate: z
      .strictObject({ currency: z.literal('USD'), amount: z.number().min(0), basis: z.string() })
      .optional()
      .meta({ description: 'By list prices; `basis` says which and of when.' }),
    steps: z.array(runStep).optional().meta({ description: 'Only where one run is read.' }),
    report: report.optional(),
    failure: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
    undo: z
      .strictObject({
        reverted: count,
        conflicts: count,
        unmerged: count,
        tasksRemoved: count,
        kept: count.meta({ description: 'Records deleted for good: they do not come back.' }),
      })
      .optional()
      .meta({ description: 'What undoing did; conflicts are records whose fixed fields were changed since.' }),
  })

/** A cleanup: how far it is and what came of it. */
export const cleanupRunView = runViewOf('cleanup', cleanupReport)
/** A backup run. */
export const backupRunView = runViewOf('backup', backupReport)
/** A restore drill. */
export const drillRunView = runViewOf('restoreDrill', drillReport)
/** A restore as the API shows it. */
export const restoreRunView = runViewOf('restore', restoreReport)
/** An archive of all that there is. */
const archiveRunView = runViewOf('archive', archiveReport)

/** A run: how far it is and what came of it. */
export const runView = z.discriminatedUnion('kind', [
  cleanupRunView,
  backupRunView,
  drillRunView,
  restoreRunView,
  archiveRunView,
])

/** A page of runs, the latest first. */
export const runPage = z.strictObject({
  items: z.array(runView),
  nextCursor: z.string().optional(),
  schedules: z
    .array(z.strictObject({ kind: z.enum(startableKinds), enabled: z.boolean(), nextRunAt: time.optional() }))
    .optional()
    .meta({ description: 'When each kind runs next by itself; on the first page.' }),
})

/** Where every item of a run can be got. */
export const runReportFile = z.strictObject({
  format: z.enum(['json', 'csv', 'tar']).meta({ description: '`tar`: the archive that a run of that kind has made.' }),
  url: z
    .url()
    .meta({ description: 'GET it without a token. JSON: the report, and `items`; CSV: a line for each change.' }),
  expiresAt: time,
})

/** Records that undoing a run left alone. */
export const runConflicts = z.strictObject({
  items: z.array(z.strictObject({ id: z.string(), object: z.string(), code: z.string(), detail: z.string() })),
  nextCursor: z.string().optional(),
})

/** What a cleanup found and did, in sums. */
export type CleanupReport = z.infer<typeof cleanupReport>
/** One step of a run and how far it is. */
export type RunStep = z.infer<typeof runStep>
/** A run as the API shows it. */
export type RunView = z.infer<typeof runView>
/** A cleanup as the API shows it. */
export type CleanupRunView = z.infer<typeof cleanupRunView>
