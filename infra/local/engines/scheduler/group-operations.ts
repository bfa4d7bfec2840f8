import { AwsError } from '../aws-error.ts'
import type { SchedulerParts } from './operations.ts'
import type { RestCall, RestRoutes } from './rest-server.ts'
import { nameShape } from './schedule-input.ts'

type Parts = Pick<SchedulerParts, 'store' | 'settings' | 'changed'>

/** The operations on groups; `default` is always there. */
export function groupRoutes(parts: Parts): RestRoutes {
  const { store, settings, changed } = parts
  return {
    'POST /schedule-groups/*': call => {
      const name = demanded(parts, call, 'CreateScheduleGroup')
      if (store.addGroup(name, settings.now()) === 0) {
        throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, { status: 409 })
      }
      return { ScheduleGroupArn: arnOf(parts, name) }
    },
    'GET /schedule-groups/*': call => view(parts, demanded(parts, call, 'GetScheduleGroup')),
    'GET /schedule-groups': call => {
      call.demand('scheduler:ListScheduleGroups', '*')
      return { ScheduleGroups: store.groups().map(({ name }) => view(parts, name)) }
    },
    'DELETE /schedule-groups/*': call => {
      const name = demanded(parts, call, 'DeleteScheduleGroup')
      if (name === 'default') throw new AwsError('ValidationException', 'The default schedule group cannot be deleted.')
      view(parts, name)
      store.transaction(() => {
        store.removeOfGroup(name)
        store.removeGroup(name)
      })
      changed()
      return {}
    },
  }
}

function demanded(parts: Parts, call: RestCall, action: string): string {
  const name = nameShape.parse(call.name)
  call.demand(`scheduler:${action}`, arnOf(parts, name))
  return name
}

function view(parts: Parts, name: string) {
  const group = parts.store.group(name)
  if (!group) {
    throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, { status: 404 })
  }
  const at = group.createdAt / 1000
  return { Arn: arnOf(parts, name), Name: name, State: 'ACTIVE', CreationDate: at, LastModificationDate: at }
}

function arnOf({ settings }: Pick<Parts, 'settings'>, name: string): string {
  return `arn:aws:scheduler:${settings.region}:${settings.accountId}:schedule-group/${name}`
}
