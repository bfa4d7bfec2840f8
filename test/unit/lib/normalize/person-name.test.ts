import { describe, expect, it } from 'vitest'
import { nameKey, parsePersonName } from '#lib/normalize/person-name.ts'

describe('parsePersonName', () => {
  it.each<[string, string]>([
    ['東 方 十 艷', '东方十艳'],
    ['徐　艺婉', '徐艺婉'],
    ['陈思经理', '陈思'],
    ['总经理 王强', '王强'],
    ['李媛辉总', '李媛辉'],
    ['李建工', '李建工'],
    ['董总工', '董总工'],
    ['迪丽拜尔·阿不都', '迪丽拜尔阿不都'],
    ['Dr. John Smith Jr.', 'john smith'],
    ['Smith, John', 'smith john'],
    ['SunQini', 'sun qini'],
    ['McDonald Ronald', 'mcdonald ronald'],
    ['José Núñez', 'jose nunez'],
    ["O'Brien Pat", 'obrien pat'],
    ['欧阳娜娜女士', '欧阳娜娜'],
  ])('%s is %s', (text, name) => {
    const { han, words, isFamilyOnly } = parsePersonName(text)
    expect([han || words.join(' '), isFamilyOnly]).toEqual([name, false])
  })

  it.each<[string, string]>([
    ['李工', '李'],
    ['王总经理', '王'],
    ['女士黄', '黄'],
    ['歐陽先生', '欧阳'],
    ['小李', '李'],
    ['Li Zong', 'li'],
    ['Mr. Wang', 'wang'],
  ])('%s tells only the family name %s', (text, family) => {
    const { han, words, isFamilyOnly } = parsePersonName(text)
    expect([han || words.join(' '), isFamilyOnly]).toEqual([family, true])
  })

  it.each(['', '先生', '---', '  '])('%j tells no name', text => {
    expect(nameKey(parsePersonName(text))).toBeUndefined()
  })
})

describe('nameKey', () => {
  it.each<[string, string]>([
    ['李祥清', '祥清李'],
    ['張秋俊', '张 秋 俊'],
    ['John Smith', 'SMITH, John'],
    ['Xu Hanhuang', 'HANHUANG XU'],
  ])('%s and %s share a key', (a, b) => {
    expect(nameKey(parsePersonName(a))).toBe(nameKey(parsePersonName(b)))
  })

  it.each<[string, string]>([
    ['李祥清', '李祥'],
    ['John Smith', 'John Smyth'],
  ])('%s and %s do not', (a, b) => {
    expect(nameKey(parsePersonName(a))).not.toBe(nameKey(parsePersonName(b)))
  })
})
