/** One line of the report. */
export type EvalResult = {
  /** Figures by the heading they stand under. */
  figures: Record<string, string | number>
  ms: number
  /** What is asked, in words. */
  bar: string
  /** What falls short of the bar; none: it is met. */
  shortfalls: string[]
}

/** One set of inputs with its truth. */
export type EvalSet = {
  name: string
  /** Folder under the data that holds it: `er`, `csv` … */
  group: string
  /** Files it needs, below the data folder; without them it is skipped. */
  files: string[]
  run(dataFolder: string): Promise<EvalResult>
}
