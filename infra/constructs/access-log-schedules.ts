import { Construct } from 'constructs'
import { itemAccess } from '#infra/constructs/access.ts'
import { anchorAccess } from '#infra/constructs/anchors.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import type { House } from '#infra/constructs/house.ts'
import { CrmSchedule } from '#infra/constructs/schedule.ts'
import type { AccessLogStack } from '#infra/stacks/access-log.ts'
import type { DataStack } from '#infra/stacks/data.ts'

type Props = { house: House; data: DataStack; accessLog: AccessLogStack }

type Timing = { name: string; kind: string; description: string; expression: string; timeZone: string }

/** What proves the access log: a digest every hour, a check and a mail with the newest hash every day, a report by person every month. No policy moves them. */
export class AccessLogSchedules extends Construct {
  readonly functions: readonly CrmFunction[]
  readonly schedules: readonly CrmSchedule[]

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id)
    const { timeZone } = props.house.tenant
    const [digest, verify, report] = [this.writeDigest(props), this.verify(props), this.report(props)]
    this.functions = [digest.lambda, verify.lambda, report.lambda]
    this.schedules = [
      // Five minutes past: files of the last seconds of an hour have landed.
      this.schedule(props.house, digest, {
        name: 'write-digest',
        kind: 'digest',
        description: 'Signs what happened in the hour before',
        expression: 'cron(5 * * * ? *)',
        timeZone: 'UTC',
      }),
      this.schedule(props.house, verify, {
        name: 'verify-access-log',
        kind: 'verifyAccessLog',
        description: 'Checks the access log, and mails the result with the newest hash',
        expression: 'cron(30 6 * * ? *)',
        timeZone,
      }),
      this.schedule(props.house, report, {
        name: 'access-report',
        kind: 'accessReport',
        description: 'Tells who saw and exported how much in the month before',
        expression: 'cron(30 7 1 * ? *)',
        timeZone,
      }),
    ]
  }

  private writeDigest({ house, data, accessLog }: Props) {
    const deadLetters = new DeadLetters(this, 'DigestDeadLetters', { house, of: 'write-digest' })
    const lambda = new CrmFunction(this, 'WriteDigest', {
      house,
      entry: 'schedules/write-digest',
      description: 'Writes the signed digest of the access log of each hour, and anchors it in the second region',
      errorImpact: 'The newest hours of the access log are not signed: an alteration of them would not be seen.',
      uses: [
        accessLog.files(house, { prefixes: ['AWSLogs/*'], actions: 'read' }),
        accessLog.files(house, {
          prefixes: [`AWSLogs/${accessLog.account}/CloudTrail-Digest/*`],
          actions: 'readWrite',
        }),
        anchorAccess(data.vault, house.tenant, 'readWrite'),
        data.evidence.sign,
      ],
      memoryMb: 1024,
      timeoutSeconds: 600,
      deadLetters,
    })
    return { lambda, deadLetters }
  }

  private verify({ house, data, accessLog }: Props) {
    const deadLetters = new DeadLetters(this, 'VerifyDeadLetters', { house, of: 'verify-access-log' })
    // The policy is read; that a mail was sent is noted, so that it goes once.
    const actions = ['GetItem', 'BatchGetItem', 'PutItem', 'DeleteItem']
    const mailOnce = itemAccess(data.recordsTable, { variable: 'TABLE_NAME', actions, key: house.key })
    const to = { environment: { ACCESS_LOG_MAIL_TO: house.tenant.alarmEmail }, permissions: [] }
    const lambda = new CrmFunction(this, 'VerifyAccessLog', {
      house,
      entry: 'schedules/verify-access-log',
      description: 'Checks the access log of the last two days, and mails the result with the newest hash',
      errorImpact: 'The access log was altered, or nobody checks whether it was.',
      uses: [mailOnce, ...verifying({ house, data, accessLog }), data.mail.send, to],
      memoryMb: 1769,
      // 15 minutes: Lambda's longest.
      timeoutSeconds: 900,
      deadLetters,
    })
    return { lambda, deadLetters }
  }

  private report({ house, data, accessLog }: Props) {
    const deadLetters = new DeadLetters(this, 'ReportDeadLetters', { house, of: 'access-report' })
    const lambda = new CrmFunction(this, 'AccessReport', {
      house,
      entry: 'schedules/access-report',
      description: 'Tells admins and auditors what each person saw and exported in the month before',
      errorImpact: 'Admins and auditors do not get the monthly report of accesses by person.',
      uses: [data.records.readWrite, accessLog.find],
      memoryMb: 1024,
      // 15 minutes: Lambda's longest. Nothing is told twice when it is run again.
      timeoutSeconds: 900,
      deadLetters,
    })
    return { lambda, deadLetters }
  }

  private schedule(
    house: House,
    { lambda, deadLetters }: { lambda: CrmFunction; deadLetters: DeadLetters },
    { kind, ...timing }: Timing,
  ): CrmSchedule {
    return new CrmSchedule(this, `${lambda.node.id}Schedule`, {
      ...{ house, ...timing, deadLetters, errorImpact: lambda.errorImpact },
      target: { lambda, input: { kind, scheduledAt: '<aws.scheduler.scheduled-time>' } },
    })
  }
}

/** What checking the access log takes, and keeping what it came to. */
export function verifying({ house, data, accessLog }: Props) {
  return [
    accessLog.files(house, { prefixes: ['AWSLogs/*'], actions: 'read' }),
    accessLog.files(house, { prefixes: ['verifications/*'], actions: 'readWrite' }),
    anchorAccess(data.vault, house.tenant, 'read'),
    data.evidence.verify,
  ]
}
