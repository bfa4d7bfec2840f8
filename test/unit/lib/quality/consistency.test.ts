import { describe, expect, it } from 'vitest'
import { provinceNamed, provinceOfCity, provincesOfCode } from '#lib/quality/chinese-places.ts'
import { evaluateQuality } from '#lib/quality/evaluate.ts'
import type { JsonObject } from '#schemas/json.ts'
import { customer } from '#schemas/objects/customer.ts'
import { defaultPolicy } from '#schemas/settings.ts'

const time = '2026-02-01T00:00:00.000Z'
const contradictions = (address: JsonObject, ...numbers: string[]) =>
  evaluateQuality(
    customer,
    {
      id: 'cust_1',
      fields: { address, phones: numbers.map(value => ({ value })) },
      createdAt: time,
      updatedAt: time,
    },
    { now: new Date('2026-03-01T00:00:00.000Z'), policy: defaultPolicy, phoneRegion: 'CN' },
  ).findings.flatMap(({ rule, field, detail }) => (rule === 'consistency' ? [`${field} ${detail}`] : []))

describe('postal code and place', () => {
  it.each<[string, JsonObject]>([
    ['Shanghai', { country: 'CN', province: '上海市', city: '上海市', postalCode: '200040' }],
    ['Shenzhen, in letters', { country: 'CN', province: 'Guangdong', city: 'Shenzhen', postalCode: '518000' }],
    ['a province with its rank in letters', { province: 'Inner Mongolia Autonomous Region', postalCode: '010000' }],
    ['no country', { province: '浙江', city: '杭州市', postalCode: '310000' }],
    ['full-width digits', { country: 'CN', city: '深圳市', postalCode: '５１８０００' }],
    ['Hinggan, served from Jilin', { country: 'CN', province: '内蒙古自治区', city: '兴安盟', postalCode: '137400' }],
    ['Hulunbuir, served from Heilongjiang', { country: 'CN', province: '内蒙古', postalCode: '162750' }],
    ['Alxa, served from Ningxia', { country: 'CN', province: '内蒙古', city: '阿拉善盟', postalCode: '750306' }],
    ['Shengsi, served from Shanghai', { country: 'CN', province: '浙江省', city: '舟山市', postalCode: '202450' }],
    ['Yanjiao, served from Beijing', { country: 'CN', province: '河北省', city: '廊坊市', postalCode: '101601' }],
    ['a district of the name of a city', { country: 'CN', province: '北京市', city: '朝阳', postalCode: '100020' }],
    ['the same without its province', { country: 'CN', city: '朝阳', postalCode: '100020' }],
    ['a county city, which no table has', { country: 'CN', province: '江苏省', city: '昆山市', postalCode: '215300' }],
    ['an autonomous prefecture', { province: '四川省', city: '阿坝藏族羌族自治州', postalCode: '624000' }],
    ['Hong Kong', { country: 'CN', province: '香港', city: '九龙', postalCode: '999077' }],
    ['Taiwan', { country: 'TW', city: '台中', postalCode: '408' }],
    ['another country', { country: 'DE', city: 'Berlin', province: 'Berlin', postalCode: '10115' }],
    ['no country and a place that is not in China', { city: 'Springfield', postalCode: '62701' }],
    ['no postal code', { country: 'CN', province: '广东省', city: '广州市' }],
    ['a code no province is known to have', { country: 'CN', province: '广东省', postalCode: '990000' }],
    ['Jilin, a city in Jilin', { country: 'CN', province: '吉林省', city: '吉林市', postalCode: '132000' }],
    ['parts that are no text', { country: 'CN', province: 5, city: null, postalCode: [] }],
  ])('%s: no contradiction', (_what, address) => {
    expect(contradictions(address)).toEqual([])
  })

  it.each<[JsonObject, string]>([
    [
      { country: 'CN', province: '上海市', postalCode: '510000' },
      'address address: postal codes that begin with 51 belong to 广东, not to 上海.',
    ],
    [
      { country: 'CN', city: '杭州', postalCode: '100020' },
      'address address: postal codes that begin with 10 belong to 北京 or 河北, not to 浙江.',
    ],
    [
      { country: 'CN', province: '广东省', postalCode: '5180' },
      'address address: postal codes of China have six digits.',
    ],
    [
      { country: 'CN', province: '广东省', city: '杭州市', postalCode: '510000' },
      'address address: 杭州市 is in 浙江, not in 广东.',
    ],
    [{ province: '云南省', city: '延边朝鲜族自治州' }, 'address address: 延边朝鲜族自治州 is in 吉林, not in 云南.'],
  ])('%j is told', (address, told) => {
    expect(contradictions(address)).toEqual([told])
  })
})

describe('the table of places', () => {
  it.each([
    ['新疆维吾尔自治区', '新疆'],
    ['广西', '广西'],
    ['Shaanxi Province', '陕西'],
    ['shanxi', '山西'],
    ['吉林省', '吉林'],
    ['河北区', undefined],
    ['台湾', undefined],
    ['', undefined],
  ])('%s names %s', (text, province) => {
    expect(provinceNamed(text)).toBe(province)
  })

  it.each([
    ['深圳', '广东', false],
    ['深圳市', '广东', true],
    ['恩施土家族苗族自治州', '湖北', true],
    ['博尔塔拉蒙古自治州', '新疆', true],
    ['大兴安岭地区', '黑龙江', true],
    ['锡林郭勒盟', '内蒙古', true],
  ])('%s is in %s', (text, province, isSure) => {
    expect(provinceOfCity(text)).toEqual({ province, isSure })
  })

  it.each([
    ['518000', ['广东']],
    ['850000', ['西藏']],
    ['810000', ['青海']],
    ['137400', ['内蒙古', '吉林']],
    ['000000', []],
  ])('%s belongs to %j', (code, provinces) => {
    expect(provincesOfCode(code)).toEqual(provinces)
  })
})

describe('country and phones', () => {
  it.each<[string, JsonObject, string[]]>([
    ['one of several numbers is of the country', { country: 'DE' }, ['+8613912077502', '+493012345678']],
    ['a number of Hong Kong for a firm in China', { country: 'CN' }, ['+85223456789']],
    ['a number of China for a firm in Taiwan', { country: 'TW' }, ['+8613912077502']],
    ['a number shared by two countries', { country: 'CA' }, ['+12125551234']],
    ['a freephone number of no country', { country: 'DE' }, ['+80012345678']],
    ['a number without its country code', { country: 'DE' }, ['030 12345678']],
    ['no numbers', { country: 'DE' }, []],
    ['no country', {}, ['+8613912077502']],
    ['no such country', { country: 'XX' }, ['+8613912077502']],
  ])('%s: no contradiction', (_what, address, numbers) => {
    expect(contradictions(address, ...numbers)).toEqual([])
  })

  it('no number at all of the country is told', () => {
    expect(contradictions({ country: 'DE' }, '+8613912077502', '+442079460018')).toEqual([
      'phones The address is in DE, but no number of phones is.',
    ])
  })
})
