import type { Service } from '../context.ts'
import { openLogSubscriptions } from '../log-subscriptions.ts'

/** CloudWatch Logs: only its subscriptions; the logs themselves are files. */
export const logs: Service = {
  name: 'logs',
  start: async context => {
    const subscriptions = openLogSubscriptions(context)
    context.started.logs = subscriptions
    return subscriptions.stop
  },
}
