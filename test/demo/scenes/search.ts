import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, type Caller, check, type JsonBody } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** The index follows the writes: how long the demo waits for it before it gives up. */
const patienceMs = 180_000

/** Search in Chinese by part of a name and by phone digits, and how far the index is behind. */
export async function showSearch({ api, cast, customer, contact }: Stage): Promise<void> {
  heading('Search 搜索: part of a name, digits of a phone')
  const backlogMs = await whenFound(api, cast.rep, { name: '黄山云雾茶叶合作社', q: '云雾茶' })
  const lagMs = await whenFound(api, cast.rep, { name: '武夷岩骨花香茶行', q: '岩骨花香' })
  say(`The index had the load behind it after another ${(backlogMs / 1000).toFixed(1)} s; now a new customer is found`)
  say(`${lagMs.toFixed(0)} ms after it was created.`)

  const part = [...customer.name].slice(3, 7).join('')
  const name = `/v1/search?q=${encodeURIComponent(part)}&objects=customers&limit=3`
  const named = await api.show({ as: cast.admin, method: 'GET', path: name }, 200, hits)
  check(includes(named.json, customer.id), 'part of the name finds the customer')
  const phone = `/v1/search?q=${contact.mobile}&limit=3`
  const found = await api.show({ as: cast.admin, method: 'GET', path: phone }, 200, hits)
  check(includes(found.json, contact.id), 'the phone finds the contact')
  const unseen = await api.show({ as: cast.rep2, method: 'GET', path: phone }, 200, hits)
  check(!includes(unseen.json, contact.id), "a colleague's contact is not found")
  const blind = await api.show({ as: cast.auditor, method: 'GET', path: phone }, 200, hits)
  check(blind.json.items.length === 0, 'nobody finds by a phone that they see masked')
}

/** Creates a customer and searches until it is found; returns how long that took. */
async function whenFound(api: Api, as: Caller, { name, q }: { name: string; q: string }): Promise<number> {
  const created = await api.send({ as, method: 'POST', path: '/v1/customers', body: { name } }, 201)
  const started = performance.now()
  const path = `/v1/search?q=${encodeURIComponent(q)}&limit=50`
  while (performance.now() - started < patienceMs) {
    const { json } = await api.send({ as, method: 'GET', path }, 200)
    if (includes(json, created.json.id)) return performance.now() - started
    await sleep(20)
  }
  throw new Error(`Searching for ${q} did not find ${name} within ${patienceMs / 1000} s`)
}

function includes({ items }: JsonBody, id: string): boolean {
  return items.some((hit: JsonBody) => hit.id === id)
}

function hits({ json, ms }: { json: JsonBody; ms: number }): string {
  const shown = json.items.map((hit: JsonBody) => `${hit.title} (${hit.object}, by ${hit.matched.join(', ')})`)
  return `${shown.length === 0 ? 'nothing' : shown.join('; ')}, in ${ms.toFixed(0)} ms`
}
