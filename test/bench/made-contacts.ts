import type { Comparable } from '#lib/duplicates/types.ts'
import type { JsonObject } from '#schemas/json.ts'
import { createRandom, type Random } from './random.ts'

const families =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严'
const given =
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉鹏飞红玲建国华玉英梅兰志海云峰宇晨浩然子轩梓涵欣怡思雨佳琪俊熙博文雅婷'
const brands = '华龙云帆天宇恒信金鼎瑞丰博远盛泰鑫源中科佳美联创宏达东方海纳百川星辰启明'
const trades = ['科技', '贸易', '机械制造', '信息技术', '食品', '建筑工程', '物流', '文化传媒', '医疗器械', '环保设备']
const places = ['北京市', '上海市', '深圳市', '杭州市', '成都市', '武汉市', '西安市', '南京市', '苏州市', '青岛市']

/** Chinese contacts, always the same for a seed; one in five is another's duplicate with dirt, three of ten work together. */
export function makeContacts(count: number, seed: number): Comparable[] {
  const random = createRandom(seed)
  const records: Comparable[] = []
  while (records.length < count) {
    const company = companyOf(random)
    for (let i = 0; i < 3 && records.length < count; i++) {
      const person = personOf(random, company)
      records.push({ id: idOf(records.length), fields: person })
      if (random.next() < 0.2 && records.length < count)
        records.push({ id: idOf(records.length), fields: dirtied(random, person) })
    }
  }
  return records
}

function idOf(index: number): string {
  return `cont_${String(index).padStart(8, '0')}`
}

type Company = { name: string; desk: string; street: string; city: string }

function companyOf(random: Random): Company {
  const city = random.pick(places)
  const brand = characters(random, brands, 3)
  return {
    name: `${city}${brand}${random.pick(trades)}有限公司`,
    desk: `+8610${10_000_000 + random.below(89_999_999)}`,
    street: `人民路${random.below(2000)}号${random.below(40)}层${random.below(3000)}室`,
    city,
  }
}

function personOf(random: Random, company: Company): JsonObject {
  const name = characters(random, families, 1) + characters(random, given, 1 + random.below(2))
  const mobile = `+8613${100_000_000 + random.below(899_999_999)}`
  return {
    name,
    companyName: company.name,
    emails: [{ value: `${mobile.slice(3)}@mail.example` }],
    phones: [{ value: mobile }, { value: company.desk }],
    address: { city: company.city, street: company.street },
  }
}

function dirtied(random: Random, person: JsonObject): JsonObject {
  const { emails, companyName, name, ...rest } = person
  const short = String(companyName).replace('有限公司', '')
  if (random.next() < 0.5) return { ...rest, name: `${String(name)[0]}经理`, companyName: short }
  return { ...rest, name: String(name), companyName: short, emails: emails ?? [] }
}

function characters(random: Random, from: string, count: number): string {
  return Array.from({ length: count }, () => random.pick([...from])).join('')
}
