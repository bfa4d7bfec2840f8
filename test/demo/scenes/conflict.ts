import { check, problem } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** Two people edit what both have read: the second is told, and loses nothing. */
export async function showConflict({ api, cast, customer }: Stage): Promise<void> {
  heading('An edit conflict 编辑冲突: two people read, both change')
  const path = `/v1/customers/${customer.id}`
  const seen = await api.show({ as: cast.rep, method: 'GET', path }, 200, reply => `ETag ${reply.headers.get('etag')}`)
  const etag = seen.headers.get('etag') ?? ''
  const read = { as: cast.manager, method: 'GET', path } as const
  await api.show(read, 200, reply => `ETag ${reply.headers.get('etag')}`)

  const byRep = {
    as: cast.rep,
    method: 'PATCH',
    path,
    headers: { 'If-Match': etag },
    body: { priority: 'high' },
  } as const
  await api.show(byRep, 200, reply => `priority ${reply.json.priority}, ETag ${reply.headers.get('etag')}`)
  const change = { industry: 'technology', lifecycleStage: 'prospect' }
  const late = { as: cast.manager, method: 'PATCH', path, headers: { 'If-Match': etag }, body: change } as const
  const refused = await api.show(late, 412, problem)
  check(refused.json.code === 'version_conflict', 'the refusal says version_conflict')

  say('  What to do: read again, look, send the change with the new ETag.')
  const now = await api.send(read, 200)
  const again = { ...late, headers: { 'If-Match': now.headers.get('etag') ?? '' } }
  const { json } = await api.show(
    again,
    200,
    reply => `priority ${reply.json.priority}, industry ${reply.json.industry}`,
  )
  check(json.priority === 'high' && json.industry === 'technology', 'both changes are kept')
}
