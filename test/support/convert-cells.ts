import { convertRow } from '#lib/transfer/mapping/convert-row.ts'
import { defineObject, type ObjectDefinition } from '#schemas/definition.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

/** A tenant in Shanghai. */
export const tenant: TenantSettings = {
  name: 'test',
  phoneRegion: 'CN',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
  locale: 'zh-CN',
  listShards: 1,
}

/** An object with a field of each type that the standard ones have none of. */
export const deal = defineObject({
  name: 'deal',
  plural: 'deals',
  prefix: 'deal',
  label: { en: 'Deal', zh: '商机' },
  pluralLabel: { en: 'Deals', zh: '商机' },
  titleField: 'name',
  fields: {
    name: { type: 'text', label: { en: 'Name', zh: '名称' } },
    size: { type: 'number', label: { en: 'Size', zh: '规模' } },
    amount: { type: 'money', label: { en: 'Amount', zh: '金额' } },
    isWon: { type: 'boolean', label: { en: 'Won', zh: '赢单' } },
    closesOn: { type: 'date', label: { en: 'Closes on', zh: '预计成交日期' } },
    calledAt: { type: 'dateTime', label: { en: 'Called at', zh: '通话时间' } },
    extra: { type: 'json', label: { en: 'Extra', zh: '附加' } },
    topics: {
      type: 'multiSelect',
      label: { en: 'Topics', zh: '话题' },
      options: [
        { value: 'price', label: { en: 'Price', zh: '价格' } },
        { value: 'delivery', label: { en: 'Delivery', zh: '交付' } },
      ],
    },
  },
})

/** A row of the cells by the paths of their columns (`tags#2` is a second column for `tags`). */
export function convert(object: ObjectDefinition, cells: Record<string, string>, settings = tenant) {
  const paths = Object.keys(cells)
  const header = paths.map((_, i) => `h${i}`)
  const mapping = Object.fromEntries(paths.map((path, i) => [`h${i}`, path.replace(/#\d$/, '')]))
  const row = { row: 7, line: 8, cells: Object.values(cells) }
  return convertRow(object, mapping, header, row, settings)
}

/** The value a cell becomes, or the code of its problem. */
export function value(object: ObjectDefinition, path: string, cell: string, settings = tenant): unknown {
  const { input, problems } = convert(object, { [path]: cell }, settings)
  return problems[0]?.code ?? input[path.split('.')[0] ?? '']
}
