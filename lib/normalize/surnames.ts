/** Family names of two characters. */
const compound = new Set(
  '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五'.split(
    ' ',
  ),
)

/** Family names that are read otherwise than the character usually is. */
export const surnameReadings: Readonly<Record<string, string>> = {
  曾: 'zeng',
  单: 'shan',
  解: 'xie',
  查: 'zha',
  区: 'ou',
  仇: 'qiu',
  盖: 'ge',
  乐: 'yue',
  朴: 'piao',
  翟: 'zhai',
  尉: 'wei',
  冼: 'xian',
  缪: 'miao',
  覃: 'qin',
  员: 'yun',
  逄: 'pang',
  种: 'chong',
  召: 'shao',
  那: 'na',
  幺: 'yao',
  黑: 'he',
  秘: 'bi',
  折: 'she',
  繁: 'po',
}

/** The family name a Chinese name begins with. */
export function familyNameOf(han: string): string {
  const characters = [...han]
  const two = characters.slice(0, 2).join('')
  return characters.length > 2 && compound.has(two) ? two : (characters[0] ?? '')
}

/** Whether a text is a family name of two characters. */
export function isCompoundSurname(text: string): boolean {
  return compound.has(text)
}
