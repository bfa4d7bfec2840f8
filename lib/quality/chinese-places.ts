/**
 * First two digits of a province's postal codes, and its prefectures. China Post gives the first two digits to the province;
 * a few counties are served from the next one (Hinggan 1374 and Hulunbuir 1627 from the north-east, Alxa 7503 and 7354 from
 * Ningxia and Gansu, Shengsi 2024 from Shanghai, Yanjiao 1016 from Beijing), so a province may have codes of its neighbours.
 * Compared with public lists of the postal codes of counties (GB/T 2260 codes with their zip codes), November 2026.
 */
const provinces: Readonly<Record<string, readonly [codes: string, cities: string]>> = {
  北京: ['10', '北京'],
  天津: ['30', '天津'],
  上海: ['20', '上海'],
  重庆: ['40', '重庆'],
  河北: ['05 06 07 10', '石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水'],
  山西: ['03 04', '太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁'],
  内蒙古: [
    '01 02 13 16 73 75',
    '呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善',
  ],
  辽宁: ['11 12', '沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛'],
  吉林: ['13', '长春 吉林 四平 辽源 通化 白山 松原 白城 延边'],
  黑龙江: ['15 16', '哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭'],
  江苏: ['21 22', '南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁'],
  浙江: ['31 32 20', '杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水'],
  安徽: ['23 24', '合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城'],
  福建: ['35 36', '福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德'],
  江西: ['33 34', '南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶'],
  山东: ['25 26 27', '济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽'],
  河南: ['45 46 47', '郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源'],
  湖北: ['43 44', '武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架'],
  湖南: ['41 42', '长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西'],
  广东: [
    '51 52',
    '广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮',
  ],
  广西: ['53 54', '南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左'],
  海南: ['57', '海口 三亚 三沙 儋州'],
  四川: [
    '61 62 63 64',
    '成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山',
  ],
  贵州: ['55 56', '贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南'],
  云南: ['65 66 67', '昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆'],
  西藏: ['85 86', '拉萨 日喀则 昌都 林芝 山南 那曲 阿里'],
  陕西: ['71 72', '西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛'],
  甘肃: ['73 74', '兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南'],
  青海: ['81', '西宁 海东 海北 黄南 果洛 玉树 海西'],
  宁夏: ['75', '银川 石嘴山 吴忠 固原 中卫'],
  新疆: [
    '83 84',
    '乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 石河子',
  ],
}

/** The provinces as they are written in letters. */
const inLetters: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'beijing 北京;tianjin 天津;shanghai 上海;chongqing 重庆;hebei 河北;shanxi 山西;inner mongolia 内蒙古;neimenggu 内蒙古;nei mongol 内蒙古;' +
    'liaoning 辽宁;jilin 吉林;heilongjiang 黑龙江;jiangsu 江苏;zhejiang 浙江;anhui 安徽;fujian 福建;jiangxi 江西;shandong 山东;henan 河南;' +
    'hubei 湖北;hunan 湖南;guangdong 广东;guangxi 广西;hainan 海南;sichuan 四川;guizhou 贵州;yunnan 云南;tibet 西藏;xizang 西藏;shaanxi 陕西;' +
    'gansu 甘肃;qinghai 青海;ningxia 宁夏;xinjiang 新疆'
  )
    .split(';')
    .map(pair => [pair.slice(0, pair.lastIndexOf(' ')), pair.slice(pair.lastIndexOf(' ') + 1)]),
)

const ownersOf = Map.groupBy(
  Object.entries(provinces).flatMap(([name, [codes]]) => codes.split(' ').map(code => ({ code, name }))),
  ({ code }) => code,
)
const provinceByCity = new Map(
  Object.entries(provinces).flatMap(([name, [, cities]]) => cities.split(' ').map(city => [city, name] as const)),
)
const longFirst = Object.keys(provinces).toSorted((a, b) => b.length - a.length)

/** The short name of the province that a text names, in Chinese or in letters; undefined when it names none on the mainland. */
export function provinceNamed(text: string): string | undefined {
  const plain = text.trim()
  const short = longFirst.find(name => plain.startsWith(name))
  if (short) return /^(?:省|市|(?:壮族|回族|维吾尔)?自治区)?$/u.test(plain.slice(short.length)) ? short : undefined
  return inLetters[
    plain
      .toLowerCase()
      .replace(/\b(?:zhuang|hui|uygur|uyghur|autonomous|region|province|municipality|sheng|shi|city)\b/g, '')
      .trim()
  ]
}

/** A city's rank: with it, a city cannot be taken for a district of the same name. */
const rank = /(?:市|地区|盟|(?:[\p{Script=Han}]{1,4}族|蒙古|哈萨克|柯尔克孜|藏族羌族)*自治州)$/u

/** Without their rank they may as well be districts or counties elsewhere. */
const ofTwoPlaces = new Set(['朝阳', '大同', '兴安', '资阳', '中山'])

/** The province that a prefecture belongs to, `isSure` when its rank (市, 自治州) is written too. */
export function provinceOfCity(text: string): { province: string; isSure: boolean } | undefined {
  const plain = text.trim()
  const found = provinceByCity.get(plain)
  if (found) return ofTwoPlaces.has(plain) ? undefined : { province: found, isSure: false }
  if (!rank.test(plain)) return undefined
  for (let end = plain.length - 1; end >= 2; end--) {
    const province = provinceByCity.get(plain.slice(0, end))
    if (province && rank.test(plain.slice(end))) return { province, isSure: true }
  }
  return undefined
}

/** Provinces that a postal code of six digits can belong to; none for a code that no province is known to have. */
export function provincesOfCode(postalCode: string): string[] {
  return (ownersOf.get(postalCode.slice(0, 2)) ?? []).map(({ name }) => name)
}
