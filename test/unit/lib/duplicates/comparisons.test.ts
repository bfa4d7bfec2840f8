import { describe, expect, it } from 'vitest'
import { comparisonsOf } from '#lib/duplicates/comparisons-of.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

function levelOf(object: ObjectDefinition, name: string, fields: [JsonObject, JsonObject]): string | undefined {
  const [a, b] = fields.map((each, i) => ({ id: String(i), fields: each }))
  const comparison = comparisonsOf(object).find(each => each.name === name)
  if (!a || !b || !comparison) throw new Error(`No comparison ${name}`)
  const judge = comparison.open([a, b])
  const levels = [judge(0, 1)?.level, judge(1, 0)?.level]
  expect(levels[0]).toBe(levels[1])
  return levels[0]
}

describe('names of persons', () => {
  it.each<[string, string, string]>([
    ['李祥清', '李 祥清', 'exact'],
    ['張秋俊', '张秋俊', 'exact'],
    ['祥清李', '李祥清', 'order'],
    ['李媛辉', '李媛晖', 'sound'],
    ['许直静', 'Xu Zhijing', 'sound'],
    ['许直静', 'ZHIJING XU', 'sound'],
    ['曾晖煌', 'ZengHuihuang', 'sound'],
    ['吕丽', 'Lv Li', 'sound'],
    ['单雄信', 'Shan Xiongxin', 'sound'],
    ['欧阳娜娜', 'Nana Ouyang', 'sound'],
    ['李媛辉', '李工', 'title'],
    ['李媛辉', 'Li Zong', 'title'],
    ['李总', '李经理', 'title'],
    ['李媛辉', '王工', 'different'],
    ['陈晓明', '陈小东', 'family'],
    ['陈建明', '陈建', 'near'],
    ['陈晓明', 'Chen XM', 'part'],
    ['陈晓明', 'Wang Wei', 'different'],
    ['Robert Allen', 'Robert Alen', 'near'],
    ['Robert Allen', 'Allen, Robert', 'order'],
    ['Robert Allen', 'Rob Allen', 'part'],
    ['Robert Allen', 'R. Allen', 'part'],
    ['Robert Allen', 'Allen', 'part'],
    ['Robert Allen', 'Grace Allen', 'family'],
    ['Robert Allen', 'Grace Kelly', 'different'],
    ['Robert', 'Robert', 'part'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(levelOf(contact, 'personName', [{ name: a }, { name: b }])).toBe(level)
  })

  it('a missing name says nothing', () => {
    expect(levelOf(contact, 'personName', [{ name: '李祥清' }, { name: '---' }])).toBeUndefined()
  })
})

describe('names of companies', () => {
  it.each<[string, string, string]>([
    ['岳阳市科陆电子数字股份有限公司', '科陸電子數字有限公司', 'exact'],
    ['岳阳市科陆电子数字股份有限公司', '科陆电子', 'short'],
    ['南平市雅凤母婴用品有限责任公司', '南平雅凤', 'short'],
    ['智能办公（汕尾）手袋有限公司', '汕尾智能办公', 'short'],
    ['河南省顺达玻璃有限公司', '贵州省顺达玻璃有限公司', 'region'],
    ['华龙信息科技有限公司', '华龙讯息科技有限公司', 'near'],
    ['华龙科技有限公司', '天宇贸易有限公司', 'different'],
    ["Art's Delicatessen", 'arts deli', 'near'],
    ['Hotel Bel-Air', 'bel air hotel', 'exact'],
    ['Microsoft Corp.', 'Micorsoft Inc', 'near'],
    ['Magna International Inc.', 'Sierra Wireless, Inc.', 'different'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(levelOf(customer, 'companyName', [{ name: a }, { name: b }])).toBe(level)
  })
})

describe('employers', () => {
  it.each<[string, JsonObject, JsonObject, string | undefined]>([
    [
      'the same customer whatever is typed',
      { customerId: 'cust_1', companyName: 'A' },
      { customerId: 'cust_1', companyName: '天宇' },
      'exact',
    ],
    [
      'other customers of the same name',
      { customerId: 'cust_1', companyName: '天宇贸易' },
      { customerId: 'cust_2', companyName: '天宇贸易有限公司' },
      'exact',
    ],
    ['other customers', { customerId: 'cust_1' }, { customerId: 'cust_2' }, 'different'],
    ['a customer and a name', { customerId: 'cust_1' }, { companyName: '天宇' }, undefined],
    ['names', { companyName: '天宇贸易' }, { companyName: '天宇' }, 'short'],
  ])('%s', (_what, a, b, level) => {
    expect(levelOf(contact, 'employer', [a, b])).toBe(level)
  })
})

describe('contact details', () => {
  it.each<[string, string, string]>([
    ['li.na+x@corp.cn', 'Li.Na@corp.cn', 'exact'],
    ['lina88@corp.cn', 'li.na88@qq.com', 'name'],
    ['xujun@corp.cn', 'xuujn@corp.cn', 'near'],
    ['info@corp.cn', 'info@corp.cn', 'desk'],
    ['zhang@corp.cn', 'wangwei@corp.cn', 'domain'],
    ['zhang@qq.com', 'wangwei@qq.com', 'different'],
    ['info@a.cn', 'info@b.cn', 'different'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(levelOf(contact, 'email', [{ emails: [{ value: a }] }, { emails: [{ value: b }] }])).toBe(level)
  })

  it('the best pair of several values counts', () => {
    const values = (...list: string[]) => ({ phones: list.map(value => ({ value })) })
    const pair: [JsonObject, JsonObject] = [values('+8613912077502', '+861062345678'), values('+8613912077520')]
    expect([levelOf(contact, 'mobile', pair), levelOf(contact, 'desk', pair)]).toEqual(['near', undefined])
  })

  it.each<[string, string, string]>([
    ['四川省乐山市人民大道458号软件园9层718室', '人民大道458号软件园9层718', 'exact'],
    ['人民大道458号软件园9层718室', '人民大道458号', 'near'],
    ['人民大道458号', '人民大道485号', 'number'],
    ['人民大道458号', '人民大道1号', 'street'],
    ['人民大道458号', '科技路3号', 'different'],
    ['435 S. La Cienega Blvd.', '435 south la cienega boulevard', 'exact'],
    ['3434 Peachtree Rd. NE', '3434 peachtree rd', 'near'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(levelOf(contact, 'street', [{ address: { street: a } }, { address: { street: b } }])).toBe(level)
  })

  it.each<[JsonObject, JsonObject, string]>([
    [{ city: '河源市', province: '广东省' }, { city: '河源' }, 'exact'],
    [{ city: 'London' }, { city: 'Lodnon' }, 'near'],
    [{ city: '广州', province: '广东省' }, { city: '深圳', province: '广东' }, 'province'],
    [{ city: '广州' }, { city: '成都' }, 'different'],
  ])('%j and %j: %s', (a, b, level) => {
    expect(levelOf(contact, 'area', [{ address: a }, { address: b }])).toBe(level)
  })
})
