import type { ChartPoint } from '#lib/quality-report/chart-data.ts'

/** From times and scores to pixels. */
export type ChartScale = {
  x(time: number): number
  y(value: number): number
  from: number
  to: number
}

/** Pixels: the whole chart, and where in it the plot is. */
export const size = { width: 760, height: 400, left: 56, right: 690, top: 104, bottom: 348 } as const

/** A scale on which all points have their place; scores go from 0 to 100, so that small changes do not look large. */
export function chartScale(points: readonly ChartPoint[]): ChartScale {
  const times = points.map(({ time }) => time)
  const from = Math.min(...times)
  const to = Math.max(...times)
  const isOneTime = !(to > from)
  const width = size.right - size.left
  return {
    from: isOneTime ? (times[0] ?? 0) : from,
    to: isOneTime ? (times[0] ?? 0) : to,
    x: time => rounded(isOneTime ? size.left + width / 2 : size.left + ((time - from) / (to - from)) * width),
    y: value => rounded(size.bottom - (value / 100) * (size.bottom - size.top)),
  }
}

/** Characters that XML 1.0 has no way to say, and halves of characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unsayable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** A text inside XML, in content as in attributes. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(unsayable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** About how wide a text is: Chinese characters are square, Latin letters about half as wide as high. */
export function textWidth(text: string, fontSize: number): number {
  const ems = [...text].reduce((sum, character) => sum + (character > '\u2e7f' ? 1 : 0.56), 0)
  return Math.ceil(ems * fontSize)
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
