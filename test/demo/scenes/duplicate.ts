import { check, problem } from '../http.ts'
import { heading } from '../screen.ts'
import type { Stage } from '../stage.ts'

/** Keys that name one thing in the world are taken once. */
export async function showRefusedDuplicates({ api, cast, customer, contact }: Stage): Promise<void> {
  heading('A refused duplicate 拒绝重复: tax id 统一社会信用代码, id in the old system 旧系统编号')
  const taxId = '91370100MA3C5K7W4N'
  const path = `/v1/customers/${customer.id}`
  await api.show({ as: cast.rep, method: 'PATCH', path, body: { taxId } }, 200, ({ json }) => `taxId ${json.taxId}`)
  const typedAgain = { name: `${customer.name.slice(0, 6)}（分公司）`, taxId: taxId.toLowerCase() }
  const company = await api.show(
    { as: cast.admin, method: 'POST', path: '/v1/customers', body: typedAgain },
    409,
    problem,
  )
  check(company.json.code === 'unique_violation', 'the refusal says unique_violation')
  check(company.json.errors[0].pointer === '/taxId', 'the refusal names the field')
  check(company.json.existingId === customer.id, 'the refusal names the customer that has the tax id')

  const importedAgain = { name: contact.name, externalIds: [{ system: 'legacy', id: contact.legacyId }] }
  const person = await api.show(
    { as: cast.admin, method: 'POST', path: '/v1/contacts', body: importedAgain },
    409,
    problem,
  )
  check(person.json.errors[0].pointer.startsWith('/externalIds'), 'the refusal names the field')
  check(person.json.existingId === contact.id, 'the refusal names the contact that has the id')
}
