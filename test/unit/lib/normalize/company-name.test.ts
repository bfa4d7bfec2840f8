import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { companyRoot, parseCompanyName } from '#lib/normalize/company-name.ts'

describe('companyRoot', () => {
  it.each<[string, string, string]>([
    ['legal form', '华为技术有限公司', '华为技术'],
    ['every order of share and liability', '启宝智能仪表股份有限责任公司', '启宝智能仪表'],
    ['a group of a group', '益之源租赁集团集团有限公司', '益之源租赁'],
    ['traditional characters', '信陽市大投資保潔有限責任公司', '大投资保洁'],
    ['full width and spaces', ' 华龙 科技（有限公司） ', '华龙科技'],
    ['city with its rank', '深圳市朵朵爱玉器有限公司', '朵朵爱玉器'],
    ['city without its rank before a long name', '昆明集福堂大型股份有限公司', '集福堂大型'],
    ['province and people', '西双版纳傣族自治州范米粒机床设备有限责任公司', '范米粒机床设备'],
    ['place in brackets', '元中都（酒泉）顺然有限责任公司', '元中都顺然'],
    ['branch', '华为技术有限公司北京分公司', '华为技术'],
    ['half-width brackets', '金世家(池州)授權有限公司', '金世家授权'],
    ['Japanese form in front', '株式会社トヨタ', 'トヨタ'],
    ['squared form', '㈱日立', '日立'],
    ['Korean form', '주식회사 삼성전자', '삼성전자'],
    ['English form of a Chinese name', '华龙科技 Co., Ltd.', '华龙科技'],
    ['English forms', 'Scitex Corp. Ltd.', 'scitex'],
    ['comma', 'Sierra Wireless, Inc.', 'sierra wireless'],
    ['Spanish form of many words', 'America Movil, S.A. de C.V.', 'america movil'],
    ['Italian letters', 'Seat Pagine Gialle S.p.A.', 'seat pagine gialle'],
    ['German partnership', 'Müller GmbH & Co. KG', 'muller'],
    ['Polish', 'Zielona Spółka z o.o.', 'zielona'],
    ['Russian in front', 'ООО «Ромашка»', 'ромашка'],
    ['Finnish with accents', 'Nokia Oyj', 'nokia'],
    ['apostrophe', "Art's Delicatessen", 'arts delicatessen'],
    ['and company', 'Smith & Co.', 'smith'],
    ['letters with dots are one word', 'P.F. Changs', 'pf changs'],
  ])('drops %s', (_what, name, root) => {
    expect(companyRoot(name)).toBe(root)
  })

  it.each<[string, string]>([
    ['青岛啤酒', '青岛啤酒'],
    ['北京银行股份有限公司', '北京银行'],
    ['上海电气', '上海电气'],
    ['中山大学', '中山大学'],
    ['好又多超市有限公司', '好又多超市'],
    ['有限公司', '有限公司'],
    ['集团', '集团'],
    ['Limited', 'limited'],
    ['GmbH & Co. KG', 'gmbh'],
    ['Corporate Express', 'corporate express'],
    ['Bank of China', 'bank of china'],
    ['---', '---'],
  ])('keeps the brand of %s', (name, root) => {
    expect(companyRoot(name)).toBe(root)
  })

  const parts = fc.constantFrom(
    '华龙',
    '北京市',
    '（上海）',
    '有限公司',
    '集团',
    '股份',
    'ABC',
    ' Ltd.',
    ' & Co. KG',
    '分公司',
    '𠮷',
    'é',
    ' ',
  )
  const names = fc.oneof(
    fc.array(parts, { minLength: 1, maxLength: 6 }).map(list => list.join('')),
    fc.string({ minLength: 1, unit: 'grapheme' }),
  )

  it('stripping again changes nothing and never empties a name', () => {
    fc.assert(
      fc.property(names, name => {
        const root = companyRoot(name)
        expect(companyRoot(root)).toBe(root)
        expect(root === '').toBe(name.normalize('NFKC').trim() === '' || root === companyRoot(''))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('parseCompanyName', () => {
  it.each<[string, string]>([
    ['贵州省顺达玻璃有限公司', '贵州'],
    ['大家帮（河源）保健有限公司', '河源'],
    ['广东省深圳市华龙科技有限公司', '广东 深圳'],
    ['华龙科技有限公司', ''],
  ])('tells the place of %s', (name, region) => {
    expect(parseCompanyName(name).region).toBe(region)
  })
})
