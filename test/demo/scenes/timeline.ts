import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** A customer's timeline: activities and changes in one list, newest first. */
export async function showTimeline({ api, cast, customer }: Stage): Promise<void> {
  heading(`A customer's timeline 客户时间线: ${customer.name}`)
  const path = `/v1/customers/${customer.id}/timeline?limit=6`
  const { json } = await api.show({ as: cast.rep, method: 'GET', path }, 200, reply => {
    const more = reply.json.nextCursor ? ', and a cursor for the rest' : ''
    return `${reply.json.items.length} entries, newest first${more}, in ${reply.ms.toFixed(0)} ms`
  })
  for (const item of json.items) {
    const { activity, change } = item
    const text = activity ? `${activity.type}  ${activity.subject}` : `change ${change.version}: ${change.action}`
    say(`    ${item.at.slice(0, 16).replace('T', ' ')}  ${text}`)
  }
}
