import iconv from 'iconv-lite'
import type { Person } from './people.ts'

/** A file as an old system exports it: GB18030, Chinese header, people we know already, new ones, and dirt. */
export type DirtyFile = { bytes: Uint8Array; rows: number; known: number; fresh: number; dirty: number }

const header = ['姓名', '公司名称', '职务', '手机', '邮箱', '微信', '省份', '城市', '详细地址']
const surnames = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗']
const givenNames = ['雨桐', '浩然', '子轩', '梓涵', '一诺', '宇航', '欣怡', '思远', '若曦', '俊杰']

/** Rows with one thing wrong each, as the report must say. */
const dirt = [
  ['', '丽江古城茶马商贸有限公司', '采购', '13900000001', '', '', '云南省', '丽江市', ''],
  ['董明哲', '绍兴黄酒坊', '经理', '13900000002', 'dong@@mingzhe', '', '浙江省', '绍兴市', ''],
  ['龚雪', '景德镇瓷坊', '店长', '电话待补', '', '', '江西省', '景德镇市', ''],
  ['方文', '泉州鞋业', '销售', '13900000004', '', '', '福建省', '泉州市', '晋江', '多出来的一格'],
]

/** Makes the file from people who are in the CRM and as many made-up ones. */
export function makeDirtyFile(people: readonly Person[], each = 60): DirtyFile {
  const known = people.filter(({ mobile, email }) => /^1\d{10}$/.test(mobile) && email !== '').slice(0, each)
  const rows = [...known.map(toRow), ...Array.from({ length: each }, (_, i) => freshRow(i)), ...dirt]
  const text = [header, ...rows].map(cells => cells.map(quoted).join(',')).join('\r\n')
  return {
    bytes: iconv.encode(`${text}\r\n`, 'gb18030'),
    rows: rows.length,
    known: known.length,
    fresh: each,
    dirty: dirt.length,
  }
}

function toRow({ name, company, title, mobile, email, wechat, province, city, address }: Person): string[] {
  return [name, company, title, mobile, email, wechat, province, city, address]
}

function freshRow(i: number): string[] {
  const name = `${surnames[i % surnames.length]}${givenNames[(i * 7) % givenNames.length]}`
  const number = String(17_100_000_000 + i * 7_919)
  return [name, `第${i + 1}号试销门店`, '店长', number, `dian${i + 1}@fresh-shops.example`, '', '四川省', '成都市', '']
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
