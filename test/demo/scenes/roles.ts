import { type Api, type Caller, check, problem } from '../http.ts'
import { heading, say, table } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** The same calls as several roles: what each sees, and what each does not. */
export async function showRoles({ api, cast, customer, contact }: Stage): Promise<void> {
  heading('The same calls, several roles 同一请求，不同角色')
  const path = `/v1/customers/${customer.id}?fields=name,ownerId`
  await api.show({ as: cast.rep, method: 'GET', path }, 200, ({ json }) => `${json.name} (their own)`)
  const other = await api.show({ as: cast.rep2, method: 'GET', path }, 404, problem)
  check(other.json.code === 'not_found', "a colleague's customer looks like one that does not exist")
  const change = {
    as: cast.auditor,
    method: 'PATCH',
    path: `/v1/customers/${customer.id}`,
    body: { tier: 'A' },
  } as const
  await api.show(change, 404, problem)

  const person = `/v1/contacts/${contact.id}?fields=name,phones,emails`
  const phoneOf = (reply: { json: { phones: { value: string }[] } }) => reply.json.phones[0]?.value ?? 'none'
  const clear = await api.show({ as: cast.admin, method: 'GET', path: person }, 200, reply => `phone ${phoneOf(reply)}`)
  const masked = await api.show({ as: cast.auditor, method: 'GET', path: person }, 200, reply => {
    return `phone ${phoneOf(reply)} (masked: 脱敏)`
  })
  check(!phoneOf(clear).includes('*') && phoneOf(masked).includes('****'), 'only the auditor sees a masked phone')

  say('')
  const rows = []
  for (const caller of [cast.admin, cast.manager, cast.rep, cast.rep2, cast.service, cast.auditor])
    rows.push([caller.name, await countAll(api, caller, 'customers'), await countAll(api, caller, 'contacts')] as const)
  table([['who', 'customers', 'contacts'], ...rows.map(row => row.map(String))])
  const [admin, manager, rep, rep2] = rows.map(row => row[1])
  check(admin !== undefined && manager !== undefined && manager < admin, 'the manager sees the team, not all')
  check(manager === (rep ?? 0) + (rep2 ?? 0), "the manager sees the two reps' customers")
}

/** Pages through everything that somebody may see. */
async function countAll(api: Api, as: Caller, object: string): Promise<number> {
  let count = 0
  let cursor = ''
  do {
    const path = `/v1/${object}?limit=200&fields=name${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const { json } = await api.send({ as, method: 'GET', path }, 200)
    count += json.items.length
    cursor = json.nextCursor ?? ''
  } while (cursor !== '')
  return count
}
