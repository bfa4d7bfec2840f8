import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, type Caller, check, type JsonBody, type Reply } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** The consumer that looks for duplicates follows the load: how long the demo waits for it. */
const patienceMs = 180_000

const shownGroups = 3

/** Duplicates found by themselves, with reasons; two of them merged, and un-merged. */
export async function showMerge({ api, cast }: Stage): Promise<void> {
  heading('Duplicates 重复: found by themselves, merged, and un-merged 合并与撤销')
  const as = cast.admin
  const groups = await whenFound(api, as)
  for (const group of groups.slice(0, shownGroups)) sayGroup(group)
  const [group] = groups
  const [survivor, absorbed] = group.members.map(({ id }: JsonBody) => id)
  const before = await fieldsOf(api, as, [survivor, absorbed])

  const body = { absorb: [absorbed] }
  const merged = await api.show(
    { as, method: 'POST', path: `/v1/contacts/${survivor}/merge`, body },
    200,
    ({ json }) => `${json.mergeId}: ${json.children.moved} activities moved`,
  )
  await api.show({ as, method: 'GET', path: `/v1/contacts/${absorbed}` }, 308, location)
  await api.show({ as, method: 'POST', path: `/v1/merges/${merged.json.mergeId}/undo` }, 200, () => 'both are back')
  const after = await fieldsOf(api, as, [survivor, absorbed])
  check(after === before, 'after un-merging both records equal what they were, field by field')
  say('Both records equal what they were, field by field 逐字段一致')
}

async function whenFound(api: Api, as: Caller): Promise<JsonBody[]> {
  const started = performance.now()
  while (performance.now() - started < patienceMs) {
    const { json } = await api.send({ as, method: 'GET', path: '/v1/duplicates?object=contacts&limit=20' }, 200)
    const pairs = json.items.filter(({ members }: JsonBody) => members.length === 2)
    if (pairs.length >= shownGroups) return pairs
    await sleep(500)
  }
  throw new Error(`No duplicates were found within ${patienceMs / 1000} s`)
}

function sayGroup({ members, score, verdict, reasons }: JsonBody): void {
  const names = members.map(({ title }: JsonBody) => title).join(' = ')
  say(`${names}: ${(score * 100).toFixed(1)} %, ${verdict}`)
  for (const { detail, weight } of reasons.slice(0, 4))
    say(`    ${weight > 0 ? '+' : ''}${weight.toFixed(1)} bits: ${detail}`)
}

/** The records without what every write changes. */
async function fieldsOf(api: Api, as: Caller, ids: readonly string[]): Promise<string> {
  const records: object[] = []
  for (const id of ids) {
    const { json } = await api.send({ as, method: 'GET', path: `/v1/contacts/${id}` }, 200)
    const { version: _version, updatedAt: _at, updatedBy: _by, ...fields } = json
    records.push(fields)
  }
  return JSON.stringify(records)
}

function location({ headers }: Reply): string {
  return `Location: ${headers.get('location')}`
}
