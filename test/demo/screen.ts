/** Prints the headline of a part of the demo. */
export function heading(title: string): void {
  console.log(`\n== ${title}`)
}

/** Prints a line below a headline. */
export function say(text: string): void {
  console.log(`   ${text}`)
}

/** Prints columns, the first one flush left and the others flush right. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => width(row[column] ?? ''))))
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const blank = ' '.repeat((widths[column] ?? 0) - width(cell))
      return column === 0 ? cell + blank : blank + cell
    })
    say(cells.join('  '))
  }
}

/** Shows how far something long has come: one line that changes on a terminal, a line each 5 s elsewhere. */
export function progress(what: string, total: number): { at(done: number): void; end(): void } {
  let shownAt = 0
  const show = (done: number) => {
    const text = `   ${what}: ${done} of ${total}`
    process.stdout.write(process.stdout.isTTY ? `\r${text}` : `${text}\n`)
  }
  return {
    at: done => {
      if (Date.now() - shownAt < (process.stdout.isTTY ? 200 : 5000)) return
      shownAt = Date.now()
      show(done)
    },
    end: () => {
      if (process.stdout.isTTY) process.stdout.write('\r\u001b[K')
    },
  }
}

/** Columns that a text takes: Chinese characters and full-width signs are two wide. */
function width(text: string): number {
  return [...text].reduce((sum, sign) => sum + (/[\u1100-\u115f\u2e80-\uffe6]/u.test(sign) ? 2 : 1), 0)
}
