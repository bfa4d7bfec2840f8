import { fold, squeeze } from '#lib/normalize/text.ts'
import { type CellResult, wrong } from '#lib/transfer/mapping/cell-result.ts'
import { optionWords } from '#lib/transfer/mapping/option-words.ts'
import type { FieldOf } from '#schemas/definition.ts'

type Options = FieldOf<'select'>['options']

/** What each list of options is known by, worked out once: definitions do not change while a process runs. */
const words = new WeakMap<Options, Map<string, string>>()

const yes = new Set(['yes', 'y', 'true', 't', '1', 'on', 'x', '是', '有', '对', '真', '√', '✓', '✔', '已', '启用'])
const no = new Set([
  'no',
  'n',
  'false',
  'f',
  '0',
  'off',
  '否',
  '无',
  '没有',
  '错',
  '假',
  '×',
  '✗',
  '不是',
  '未',
  '停用',
])

/** An option by its value, its English or Chinese label, or another word for it. What no option says is listed, never guessed. */
export function convertOption(text: string, options: Options): CellResult<string> {
  const value = wordsOf(options).get(optionKey(text))
  if (value !== undefined) return { value }
  const known = options.map(option => `${option.label.zh} (${option.value})`).join(', ')
  return wrong('invalid_option', `is none of the options; use one of ${known}.`)
}

/** Yes or no, in the ways people tick boxes. */
export function convertBoolean(text: string): CellResult<boolean> {
  const word = text.normalize('NFKC').trim().toLowerCase()
  if (yes.has(word)) return { value: true }
  if (no.has(word)) return { value: false }
  return wrong('invalid_boolean', 'is neither yes nor no; write yes or no, 是 or 否.')
}

function wordsOf(options: Options): Map<string, string> {
  const known = words.get(options)
  if (known) return known
  const map = new Map<string, string>()
  const add = (word: string, value: string) => {
    const key = optionKey(word)
    // The options' own names come first: a synonym never takes a word away from them.
    if (!map.has(key)) map.set(key, value)
  }
  for (const { value, label } of options) for (const word of [value, label.en, label.zh]) add(word, value)
  for (const { value } of options) for (const word of optionWords[value] ?? []) add(word, value)
  words.set(options, map)
  return map
}

/** A plain value such as `C+` keeps its sign where squeezing would make it another. */
function optionKey(text: string): string {
  const folded = fold(text)
  return squeeze(folded) === '' ? folded : squeeze(folded.replaceAll('+', 'plus'))
}
