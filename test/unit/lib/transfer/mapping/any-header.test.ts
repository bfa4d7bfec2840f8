import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convertRow } from '#lib/transfer/mapping/convert-row.ts'
import { checkMapping, proposeMapping } from '#lib/transfer/mapping/propose-mapping.ts'
import { activity } from '#schemas/objects/activity.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { tenant } from '../../../../support/convert-cells.ts'

const words = fc.constantFrom(
  ...[
    'name',
    'Name',
    '姓名',
    '公司',
    '客户名称',
    'company',
    'First Name',
    '姓',
    '名',
    'email',
    '邮箱',
    'phone',
    '手机',
    '手机2',
    'tel',
  ],
  ...[
    '省',
    '省份',
    '市',
    '地址',
    'address',
    'source',
    '来源',
    '类型',
    'birthday',
    '生日',
    'id',
    'Record ID',
    'owner',
    '负责人',
    '标签',
  ],
  ...[
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'phones.mobile',
    'address.city',
    'externalIds.x',
    'birthday.dmy',
    '.',
    'a.b',
    'name.',
  ],
)
const header = fc.uniqueArray(
  fc.oneof({ weight: 4, arbitrary: words }, { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) }),
  {
    minLength: 1,
    maxLength: 12,
  },
)
const cell = fc.oneof(
  fc.constantFrom(
    '',
    '张伟',
    'a@x.cn',
    '13800138000',
    '2024-06-03',
    '03/06/2024',
    '45446',
    '地推',
    'yes',
    '¥1,200',
    'www.x.cn',
    '-',
  ),
  fc.string({ maxLength: 10 }),
)
const file = header.chain(names =>
  fc.record({
    names: fc.constant(names),
    cells: fc.array(fc.array(cell, { minLength: names.length, maxLength: names.length }), { maxLength: 5 }),
  }),
)

describe('for any header and any rows', () => {
  it.each([
    ['contact', contact],
    ['customer', customer],
    ['activity', activity],
  ])(
    'the mapping proposed for a %s is one that passes the check, and every row converts or has its problems told',
    (_name, object) => {
      fc.assert(
        fc.property(file, ({ names, cells }) => {
          const sample = cells.map((row, i) => ({ row: i + 1, line: i + 2, cells: row }))
          const { mapping, unmapped, confidence } = proposeMapping(object, names, sample)
          expect(Object.keys(mapping).toSorted()).toEqual(names.toSorted())
          expect(Object.keys(confidence).toSorted()).toEqual(names.toSorted())
          fc.pre(unmapped.length < names.length)
          checkMapping(object, names, mapping)
          for (const row of sample) {
            const { input, problems } = convertRow(object, mapping, names, row, tenant)
            expect(Object.keys(input).every(field => Object.hasOwn(object.fields, field))).toBe(true)
            for (const { column = 0, detail } of problems)
              expect(detail).toContain(`Column ${column} (${names[column - 1]})`)
          }
        }),
        { seed: 42, numRuns: 300 },
      )
    },
  )
})
