import { describe, expect, it } from 'vitest'
import type { Actor } from '#lib/permissions/actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { listSource, type Narrowing } from '#lib/records/partitions.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { activity } from '#schemas/objects/activity.ts'
import { customer } from '#schemas/objects/customer.ts'
import { user } from '#schemas/system/user.ts'

const userId = 'user_01h455vb4pex5vsknk084sn02q'
const customerId = 'cust_01h455vb4pex5vsknk084sn02q'
const contactId = 'cont_01h455vb4pex5vsknk084sn02q'
const roleId = 'role_01h455vb4pex5vsknk084sn02q'
const actor: Actor = { ...systemActor, id: userId }
const own = { scope: 'own', allows: () => true } as const
const all: Narrowing = { trash: false, owner: undefined, parent: undefined, equalities: new Map() }
const whole = ['byObject customer#0', 'byObject customer#1']
const equal = (name: string, value: string) => ({ ...all, equalities: new Map([[name, value]]) })

function sourceOf(object: ObjectDefinition, rule: true | typeof own, narrowing: Narrowing): string[] {
  const { partitions } = listSource({ actor, object, rule, listShards: 2 }, narrowing)
  return partitions.map(({ index, pk, prefix }) => [index, pk, prefix].filter(part => part !== undefined).join(' '))
}

describe('listSource', () => {
  it.each<[string, ObjectDefinition, true | typeof own, Narrowing, string[]]>([
    ['everything', customer, true, all, whole],
    ['own records', customer, own, all, [`byOwner ${userId}#customer`]],
    ['an owner', customer, true, { ...all, owner: userId }, [`byOwner ${userId}#customer`]],
    ['a filter on the owner', customer, true, equal('ownerId', userId), [`byOwner ${userId}#customer`]],
    ['a filter on another field', customer, true, equal('industry', 'retail'), whole],
    [
      'the trash, for an owner too',
      customer,
      own,
      { ...all, trash: true },
      ['byObject trash#customer#0', 'byObject trash#customer#1'],
    ],
    [
      'children',
      activity,
      true,
      { ...all, parent: { id: customerId, object: 'customer' } },
      [`byParent ${customerId} activity#`],
    ],
    ['children by a filter', activity, own, equal('customerId', customerId), [`byParent ${customerId} activity#`]],
    [
      'a look-up',
      activity,
      true,
      { ...all, parent: { id: contactId, object: 'contact' } },
      [`M#activity#contactId#${contactId}`],
    ],
    ['a look-up by a filter', user, true, equal('roleId', roleId), [`M#user#roleId#${roleId}`]],
    ['users, who own themselves', user, own, all, ['byObject user#0', 'byObject user#1']],
  ])('%s', (_what, object, rule, narrowing, partitions) => {
    expect(sourceOf(object, rule, narrowing)).toEqual(partitions)
  })

  it.each([
    ['nothing', ''],
    ['a word', 'nobody'],
    ['3,000 characters', `user_${'x'.repeat(3000)}`],
  ])('%s is no key: the whole list is read, and the filter finds nothing', (_what, value) => {
    expect(sourceOf(customer, true, equal('ownerId', value))).toEqual(whole)
    expect(sourceOf(customer, true, { ...all, owner: value })).toEqual(whole)
    expect(sourceOf(activity, true, equal('customerId', value))).toEqual(['byObject activity#0', 'byObject activity#1'])
  })
})
