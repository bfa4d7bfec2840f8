import { describe, expect, it } from 'vitest'
import type { CrmError } from '#lib/errors.ts'
import { checkMapping, type Mapping, proposeMapping } from '#lib/transfer/mapping/propose-mapping.ts'
import { defineObject, type ObjectDefinition } from '#schemas/definition.ts'
import { contact } from '#schemas/objects/contact.ts'

describe('a mapping', () => {
  const header = ['a', 'b', 'c']
  function problems(mapping: Mapping, object: ObjectDefinition = contact): string[] {
    try {
      checkMapping(object, header, mapping)
      return []
    } catch (error) {
      return (error as CrmError).errors.map(({ pointer, code, detail }) => `${pointer} ${code}: ${detail}`)
    }
  }

  it.each<[string, Mapping]>([
    ['fields and parts', { a: 'name', b: 'phones.mobile', c: 'address.city' }],
    ['several columns for a list', { a: 'emails.work', b: 'emails', c: 'emails.work' }],
    ['parts of one field', { a: 'address.city', b: 'address.province', c: 'name' }],
    ['both parts of a name', { a: 'name.first', b: 'name.last' }],
    ['handles of several services, and several of one', { a: 'handles.wechat', b: 'handles.qq', c: 'handles.wechat' }],
    ['columns left out', { a: 'name', b: '', c: '' }],
    ['labels of people', { a: 'phones.前台', b: 'externalIds.my-erp_2.0', c: 'birthday.dmy' }],
  ])('may hold %s', (_what, mapping) => {
    expect(problems(mapping)).toEqual([])
  })

  it.each<[string, Mapping, string]>([
    [
      'a field there is none of',
      { a: 'nmae' },
      '/mapping/a unknown_field: Column "a": contact has no field "nmae"; its fields are name, companyName',
    ],
    ['a field every object has', { a: 'constructor' }, '/mapping/a unknown_field'],
    [
      'a column the file has not',
      { x: 'name' },
      '/mapping/x unknown_column: The file has no column "x"; its columns are a, b, c.',
    ],
    [
      'a part there is none of',
      { a: 'address.planet' },
      'address.planet is no place; use address.country, address.province',
    ],
    ['an address without a part', { a: 'address' }, 'address needs a part'],
    ['a service there is none of', { a: 'handles.icq' }, 'handles.icq is no place; use handles.wechat'],
    [
      'an external id without its system',
      { a: 'externalIds' },
      'externalIds needs a part: externalIds.<name of the system>',
    ],
    [
      'two columns for one place',
      { a: 'name', b: 'name' },
      '/mapping/b place_taken: Columns "a" and "b" both go to name',
    ],
    ['a name and a part of it', { a: 'name', b: 'name.first' }, 'place_taken'],
    ['two ways of writing one date', { a: 'birthday', b: 'birthday.dmy' }, 'place_taken'],
    ['nothing', { a: '', b: '' }, '/mapping empty_mapping'],
  ])('is refused for %s, with the fix', (_what, mapping, says) => {
    expect(problems(mapping).join('\n')).toContain(says)
  })

  it('names every wrong header at once, and no field the server sets', () => {
    const owned = defineObject({
      ...{
        name: 'thing',
        plural: 'things',
        prefix: 'th',
        titleField: 'name',
        label: { en: 'T', zh: '物' },
        pluralLabel: { en: 'T', zh: '物' },
      },
      fields: {
        name: { type: 'text', label: { en: 'N', zh: '名' } },
        state: { type: 'text', readOnly: true, label: { en: 'S', zh: '态' } },
      },
    })
    expect(problems({ a: 'state', b: 'x' }, owned).map(text => text.split(':')[0])).toEqual([
      '/mapping/a unknown_field',
      '/mapping/b unknown_field',
    ])
    expect(proposeMapping(owned, ['state', 'name']).mapping).toEqual({ state: '', name: 'name' })
  })
})
