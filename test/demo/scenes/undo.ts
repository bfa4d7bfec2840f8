import { check } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** A change is undone, and every state the record was ever in can be read. */
export async function showUndo({ api, cast, customer }: Stage): Promise<void> {
  heading('A change undone 撤销, and a record as it was 历史时点')
  const path = `/v1/customers/${customer.id}`
  const before = await api.send({ as: cast.manager, method: 'GET', path }, 200)
  const wrong = { lifecycleStage: 'churned', address: null, tags: ['误操作'] }
  await api.show({ as: cast.manager, method: 'PATCH', path, body: wrong }, 200, ({ json }) => {
    return `version ${json.version}: lifecycleStage ${json.lifecycleStage}, address ${json.address ? 'kept' : 'gone'}`
  })
  const revert = { as: cast.manager, method: 'POST', path: `${path}/revert` } as const
  const body = { toVersion: before.json.version }
  const after = await api.show({ ...revert, body }, 200, ({ json }) => {
    return `version ${json.version}: lifecycleStage ${json.lifecycleStage}, ${json.address.city} ${json.address.street ?? ''}`
  })
  const same = ['lifecycleStage', 'address', 'tags', 'priority', 'industry'].every(
    name => JSON.stringify(after.json[name]) === JSON.stringify(before.json[name]),
  )
  check(same, 'the reverted record equals the one before the mistake')

  const history = await api.show({ as: cast.manager, method: 'GET', path: `${path}/history` }, 200, ({ json }) => {
    return `${json.items.length} changes, newest first`
  })
  for (const { version, at, action, actorId, changes } of history.json.items)
    say(
      `    ${version}  ${at}  ${action.padEnd(8)}  by ${nameOf(cast, actorId)}  ${Object.keys(changes).slice(0, 6).join(', ')}`,
    )

  const first = history.json.items.at(-1)
  const asOf = await api.show(
    { as: cast.manager, method: 'GET', path: `${path}?asOf=${first.at}` },
    200,
    ({ json }) => {
      return `version ${json.version}: lifecycleStage ${json.lifecycleStage}, priority ${json.priority ?? 'none'}`
    },
  )
  check(asOf.json.version === 1 && asOf.json.priority === undefined, 'the record as it was is version 1')
}

function nameOf(cast: Stage['cast'], userId: string): string {
  return (Object.values(cast).find(caller => caller.userId === userId)?.name ?? 'somebody').padEnd(7)
}
