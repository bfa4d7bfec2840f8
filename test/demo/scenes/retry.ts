import { check, problem } from '../http.ts'
import { heading, say } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** The network dropped the answer: the same request again makes no second record. */
export async function showSafeRetry({ api, cast }: Stage): Promise<void> {
  heading('A safe retry 安全重试: the answer was lost, the request is sent again')
  const call = {
    as: cast.rep,
    method: 'POST',
    path: '/v1/customers',
    headers: { 'Idempotency-Key': 'demo-safe-retry' },
    body: { name: '常青茶业有限公司', taxId: '91350200MA2XQ8TT0K' },
  } as const
  const first = await api.show(call, 201, ({ json }) => `created ${json.id}`)
  const second = await api.show(call, 201, ({ json, headers }) => {
    return `the same ${json.id}, Idempotency-Replayed: ${headers.get('idempotency-replayed')}`
  })
  check(second.json.id === first.json.id, 'the retry answers with the first record')
  check(second.headers.get('idempotency-replayed') === 'true', 'the retry says that it was replayed')
  const filter = encodeURIComponent(`record.name == "${call.body.name}"`)
  const { json } = await api.send({ as: cast.rep, method: 'GET', path: `/v1/customers?filter=${filter}` }, 200)
  check(json.items.length === 1, 'there is one such customer')
  say('  One record exists. The same key with another body is a mistake, and is said:')
  const other = await api.show({ ...call, body: { ...call.body, name: '常青茶业集团' } }, 422, problem)
  check(other.json.code === 'idempotency_key_reused', 'the refusal says idempotency_key_reused')
}
