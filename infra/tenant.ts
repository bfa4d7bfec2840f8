import { Stage, Tags } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Bundles } from '#infra/bundle.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'
import { AccessLogStack } from '#infra/stacks/access-log.ts'
import { ApiStack } from '#infra/stacks/api.ts'
import { BackupCopyStack } from '#infra/stacks/backup-copy.ts'
import { DataStack } from '#infra/stacks/data.ts'
import { EventsStack } from '#infra/stacks/events.ts'
import { ObservabilityStack } from '#infra/stacks/observability.ts'
import { RemindersStack } from '#infra/stacks/reminders.ts'
import { SchedulesStack } from '#infra/stacks/schedules.ts'
import { WorkflowsStack } from '#infra/stacks/workflows.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** One tenant: isolated stacks in its own region, split by how long their content lives. */
export class Tenant extends Stage {
  constructor(scope: Construct, { tenant, bundles }: { tenant: TenantFile; bundles: Bundles }) {
    super(scope, tenant.name, { env: { region: tenant.region } })
    const named = (stack: string, description: string) => ({
      stackName: `${prefixOf(tenant)}-${stack}`,
      description: `Evergreen CRM of ${tenant.name}: ${description}`,
    })
    const copy = new BackupCopyStack(this, 'backup-copy', {
      ...named('backup-copy', 'copies of its backups'),
      env: { region: tenant.secondRegion },
      tenant,
    })
    const data = new DataStack(this, 'data', { ...named('data', 'records, files, people and their key'), tenant })
    // The bucket that backups are copied to is there before the first one is made.
    data.addStackDependency(copy)
    const house: House = { tenant, bundles, key: data.key }
    const events = new EventsStack(this, 'events', { ...named('events', 'reactions to changes'), house, data })
    const accessLog = new AccessLogStack(this, 'access-log', {
      ...named('access-log', 'who did what, in files that cannot be altered unseen'),
      ...{ house, data, events },
    })
    const logged: House = { ...house, accessLog: accessLog.emit }
    const workflows = new WorkflowsStack(this, 'workflows', {
      ...named('workflows', 'long-running work'),
      ...{ house: logged, data, accessLog },
    })
    const schedules = new SchedulesStack(this, 'schedules', {
      ...named('schedules', 'what runs by itself'),
      ...{ house: logged, data, accessLog, events, workflows },
    })
    // Workflows are started by name, which CloudFormation does not see.
    schedules.addStackDependency(workflows)
    const reminders = new RemindersStack(this, 'reminders', {
      ...named('reminders', 'what people are told, and when'),
      ...{ house: logged, data, events },
    })
    // Its schedules stand in the group of that stack, which they name.
    reminders.addStackDependency(schedules)
    const api = new ApiStack(this, 'api', {
      ...named('api', 'the HTTP API'),
      ...{ house: logged, data, events, accessLog, workflows },
    })
    // Seeding changes records, so whatever reacts to changes is there first.
    api.addStackDependency(events)
    api.addStackDependency(reminders)
    // Workflows are started by name, which CloudFormation does not see.
    api.addStackDependency(workflows)
    new ObservabilityStack(this, 'observability', {
      ...named('observability', 'alarms and dashboard'),
      ...{ house, data, events, accessLog, workflows, schedules, reminders, api },
    })
    Tags.of(this).add('application', 'evergreen')
    Tags.of(this).add('tenant', tenant.name)
  }
}
