import { check } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** Who viewed a customer, who was refused, and who had it in a list: one question to the access log. */
export async function showWhoViewed({ api, cast, laptop, customer }: Stage): Promise<void> {
  heading('Who viewed a customer 谁看过这个客户')
  const path = `/v1/customers/${customer.id}`
  await api.show({ as: cast.manager, method: 'GET', path }, 200, ({ json }) => `the manager looks at ${json.name}`)
  const refused = await api.send({ as: cast.rep2, method: 'GET', path: `${path}/history` }, 404)
  say(`    a rep of no concern is refused: ${refused.json.code}`)
  const asked = { as: cast.auditor, method: 'GET', path: `/v1/access-log?record=${customer.id}&limit=50` } as const
  await laptop.drain({ isWhole: true })
  const { json } = await api.show(asked, 200, answer => `${answer.json.items.length} accesses, the latest first`)
  for (const { at, action, actor, errorCode, status } of json.items.slice(0, 8))
    say(
      `    ${at}  ${action.padEnd(14)}  ${(actor.name ?? actor.via ?? actor.id).padEnd(20)}  ${errorCode ?? status ?? ''}`,
    )
  const mine = json.items.filter(({ actor }: { actor: { id: string } }) => actor.id === cast.rep2.userId)
  check(
    mine.length > 0 && mine.every(({ errorCode }: { errorCode?: string }) => errorCode === 'not_found'),
    'who was refused is told, and why',
  )
}
