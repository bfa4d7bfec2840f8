import { hanBranches, hanForms, latinForms, leadingForms } from '#lib/normalize/legal-forms.ts'
import { isRegion, regionAt } from '#lib/normalize/regions.ts'
import { fold, squeeze, withoutAccents } from '#lib/normalize/text.ts'

/** A company's name taken apart: `root` is brand and trade, `region` the places named. */
export type CompanyName = { root: string; region: string }

const formAtEnd = new RegExp(`${hanForms}$`, 'u')
const formAtStart =
  /^(?:株式会社|有限会社|合同会社|合资会社|合名会社|주식회사|유한회사|㈱|\(주\)|\(유\)|\(株\)|\(有\))/u
const latinFormAtEnd =
  /(?<=[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}])(?:coltd|ltd|inc|limited|corp)+$/u
const branchAtEnd = new RegExp(`${hanBranches}$`, 'u')
/** What is left of a name must still tell a brand: two characters at least, and not a trade alone. */
const tradeAlone =
  /^(?:银行|大学|学院|医院|学校|中学|小学|饭店|酒店|宾馆|机场|地铁|电视台|日报|晚报|出版社|研究院|研究所|设计院|银联|证券|保险|航空|铁路|移动|联通|电信|石油|石化|科技|贸易|商贸|实业|投资|建设|建筑|工程|集团|控股|食品|医药|物流|网络|传媒|广告|文化|教育|电子|机械|化工|农业|旅游|汽车|服装|家具|信息|信息科技|科技发展|信息技术|网络科技|进出口|人民医院|第一医院|农商银行|商业银行|城市建设|自来水|供电|公交|邮政|烟草)+$/u

/**
 * A company's name without legal form, region and branch, lower case and simplified: what two spellings of it share.
 * Stripping again changes nothing, and the brand always stays.
 */
export function companyRoot(name: string): string {
  return parseCompanyName(name).root
}

/** How a company's name begins, places aside: what its long and its short form share. */
export function companyBrand(name: string): string {
  const root = companyRoot(name)
  if (!isEastAsian(root)) return root.split(' ')[0] ?? ''
  const region = regionAt(root)
  const brand = region && [...region.rest].length >= 2 ? region.rest : root
  return [...brand].slice(0, 2).join('')
}

/** Takes a company's name apart. */
export function parseCompanyName(name: string): CompanyName {
  let parsed = parseOnce(name)
  // Marks that only now stand by themselves: rare, and gone within a turn or two.
  for (let turn = 0; turn < 3 && /[^\p{L}\p{N}+# ]/u.test(parsed.root); turn++)
    parsed = { ...parsed, root: parseOnce(parsed.root).root }
  return parsed
}

function parseOnce(name: string): CompanyName {
  const folded = withoutAccents(fold(name))
  if (squeeze(folded) === '') return { root: folded, region: '' }
  return isEastAsian(folded) ? parseHan(folded) : { root: latinRoot(folded), region: '' }
}

function isEastAsian(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)
}

function parseHan(folded: string): CompanyName {
  const regions: string[] = []
  const opened = folded.replace(/[([【〔「](.*?)[)\]】〕」]/gu, (whole, inside: string) => {
    const text = squeeze(inside)
    if (formAtStart.test(whole)) return ''
    if (isRegion(text)) regions.push(regionAt(text)?.place ?? text)
    else if (!branchAtEnd.test(text) && !isForm(text)) return ` ${inside}`
    return ''
  })
  const region = () => [...new Set(regions)].sort().join(' ')
  // What stood in brackets was all that is not in letters.
  if (squeeze(opened) !== '' && !isEastAsian(opened)) return { root: latinRoot(opened), region: region() }
  let rest = squeeze(opened) || squeeze(folded)
  for (let before = ''; before !== rest; ) {
    before = rest
    rest = withoutEnds(rest, regions)
  }
  return { root: rest, region: region() }
}

function isForm(text: string): boolean {
  return text.replace(formAtEnd, '') === ''
}

function withoutEnds(text: string, regions: string[]): string {
  const branch = text.replace(branchAtEnd, '')
  if (branch !== text && isTelling(branch)) return withoutBranchPlace(branch)
  const form = withoutForm(text)
  if (form !== text && isTelling(form)) return form
  const region = regionAt(text)
  // A place without its rank may be the brand (安康, 和田): four characters must follow it.
  if (!region || !isTelling(region.rest) || (!region.isSure && [...region.rest].length < 4)) return text
  regions.push(region.place)
  return region.rest
}

/** Ends that a form has: looking for one at every place of every name would take longest. */
const lastOfForm = /[司业伙社合限份团任户사]$/u

function withoutForm(text: string): string {
  const shorter = lastOfForm.test(text) ? text.replace(formAtEnd, '') : text.replace(latinFormAtEnd, '')
  return shorter.replace(formAtStart, '')
}

/** 某某有限公司北京分公司: the place before 分公司 belongs to the branch. */
function withoutBranchPlace(text: string): string {
  const found = /^(.*?(?:公司|集团|银行))(.+)$/u.exec(text)
  return found?.[1] && found[2] && isRegion(found[2]) ? found[1] : text
}

function isTelling(text: string): boolean {
  return [...text].length >= 2 && !tradeAlone.test(text)
}

function latinRoot(folded: string): string {
  const words = folded
    .replace(/['’`´]/gu, '')
    .replace(/&/g, ' and ')
    .replace(/\b(?:\p{L}[./]\s?){2,}\p{L}?(?!\p{L})/gu, form => `${form.replace(/[./\s]/g, '')} `)
    .split(/[^\p{L}\p{N}+#]+/u)
    .filter(word => word !== '')
  const kept = withoutForms(words)
  return (kept.length > 0 ? kept : words).join(' ') || squeeze(folded) || folded
}

/** 7 words: `sociedad de responsabilidad limitada de capital variable`. */
const longestForm = 7

/** Drops forms at the end (`S.A. de C.V.`, `Pty Ltd`) and at the start, while a name is left. */
function withoutForms(words: string[]): string[] {
  const shorter = withoutLastForm(words) ?? withoutFirstForm(words)
  return shorter === undefined ? words : withoutForms(shorter)
}

function withoutLastForm(words: string[]): string[] | undefined {
  for (let count = Math.min(longestForm, words.length - 1); count > 0; count--)
    if (latinForms.has(words.slice(-count).join(''))) return withoutAnd(words.slice(0, -count))
  return undefined
}

function withoutFirstForm(words: string[]): string[] | undefined {
  for (let count = Math.min(longestForm, words.length - 1); count > 0; count--)
    if (leadingForms.has(words.slice(0, count).join(''))) return words.slice(count)
  return undefined
}

/** `Smith & Co.`: the & goes with the form. */
function withoutAnd(words: string[]): string[] {
  return words.length > 1 && ['and', 'und', 'u', 'et'].includes(words.at(-1) ?? '') ? words.slice(0, -1) : words
}
