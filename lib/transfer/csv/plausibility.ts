/**
 * Characters that names, companies, addresses and sales notes are full of, simplified and traditional: seeing them is evidence that bytes were read right.
 * Written by hand for this purpose; order has no meaning.
 */
const everyday = new Set(
  '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经' +
    '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文' +
    '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志海春梅晓雪峰鑫宇浩佳欣怡子轩梓涵博雅婷慧玲丹云飞鹏辉亮东南西北' +
    '公司有限责任股份集团科技技术贸易商实业发展投资电子信息网络软件机械制造工程建设设备材料化食品医药文传媒广告咨询服务物流运输管理控股分厂店中心' +
    '省市县区镇乡村路街道巷号楼层室单元座大厦京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云陕甘青宁新藏港澳台湾深圳广州杭武汉成都南宁重庆天' +
    '客户名称姓联系电话手机邮箱箱址地来源职务位备注负责日期时间类型状态经理总监主任销售采购助师长董事秘书顾问员部门询价合同订单回访拜访展会转介绍' +
    '陳張劉楊趙黃吳孫馬羅鄭謝韓馮鄧許蕭蘇盧蔣賈葉閻鐘陸顧錢湯龍萬喬賀賴龔偉麗強軍艷傑濤國雲飛鵬輝東' +
    '司責任團術貿實業發電訊絡軟體機製設備藥傳廣諮詢務運輸縣區鎮鄉號樓層單廈門臺灣灣與這個們來時對會動過說產種學經' +
    '戶聯繫話郵類狀態總監銷購師員訂單訪轉紹繁體測試備註職稱',
)

/** Cost of a character in nats, about the negative logarithm of how often such a character is met. */
const cost = { ascii: 3.5, everyday: 6, common: 8.5, rare: 12.5, punctuation: 7, kana: 11, other: 11, never: 18 }

/** The 3,755 first-level characters of GB 2312 and the 5,401 of Big5: what is taught at school on either side. */
let taught: Set<string> | undefined

/** How unlikely a text is as Chinese or Latin business data: the lower of two readings of the same bytes is the right one. */
export function unlikelihood(text: string): number {
  let sum = 0
  let isAfterLatin = false
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const isLatin = code >= 0xc0 && code <= 0x17f
    // Two accented letters side by side are rare in Latin text, and what Chinese bytes look like when read as Latin.
    sum += isLatin ? (isAfterLatin ? cost.rare : 6) : costOf(character, code)
    isAfterLatin = code >= 0x80 && code <= 0x17f
  }
  return sum
}

function costOf(character: string, code: number): number {
  if (code < 0x80) return code >= 0x20 || code === 9 || code === 10 || code === 13 ? cost.ascii : cost.never
  if (code < 0xa0) return cost.never
  if (code >= 0x4e00 && code <= 0x9fff) return hanziCost(character)
  if (code >= 0xe000 && code <= 0xf8ff) return cost.never
  if ((code >= 0x3000 && code <= 0x303f) || (code >= 0xff00 && code <= 0xff60)) return cost.punctuation
  if (code >= 0x2010 && code <= 0x2026) return cost.punctuation
  if (code >= 0x3040 && code <= 0x30ff) return cost.kana
  if (code > 0xffff || (code >= 0x3400 && code <= 0x4dbf)) return cost.rare + 2
  return code === 0xfffd ? cost.never : cost.other
}

function hanziCost(character: string): number {
  if (everyday.has(character)) return cost.everyday
  taught ??= taughtCharacters()
  return taught.has(character) ? cost.common : cost.rare
}

/** Both standards put these characters first, so that their codes alone name them: rows B0 to D7, and A4 to C6. */
function taughtCharacters(): Set<string> {
  const inGb = plane('gb18030', [0xb0, 0xd7], [[0xa1, 0xfe]])
  const inBig5 = plane(
    'big5',
    [0xa4, 0xc6],
    [
      [0x40, 0x7e],
      [0xa1, 0xfe],
    ],
  )
  return new Set([...inGb, ...inBig5].filter(character => character >= '\u4e00' && character <= '\u9fff'))
}

function plane(encoding: string, [first, last]: [number, number], trails: [number, number][]): string {
  const bytes: number[] = []
  for (let lead = first; lead <= last; lead++)
    for (const [from, to] of trails) for (let trail = from; trail <= to; trail++) bytes.push(lead, trail)
  return new TextDecoder(encoding).decode(Uint8Array.from(bytes))
}
