/** Shows how far a job is: a bar where somebody watches, a line now and then where the output is kept. */
export type Progress = { show(share: number, text: string): void; end(): void }

const width = 30
/** 2 s between lines in a log. */
const lineMs = 2_000

/** A progress bar under a title. */
export function createProgress(title: string): Progress {
  const { stdout } = process
  let lastAt = 0
  let last = ''
  const line = (share: number, text: string) => {
    const done = Math.round(share * width)
    return `${title} ${'█'.repeat(done)}${'░'.repeat(width - done)} ${String(Math.round(share * 100)).padStart(3)}% ${text}`
  }
  return {
    show(share, text) {
      last = line(share, text)
      if (stdout.isTTY) stdout.write(`\r\u{1b}[2K${last}`)
      else if (Date.now() - lastAt > lineMs) {
        lastAt = Date.now()
        console.log(last)
      }
    },
    end() {
      console.log(stdout.isTTY ? '' : last)
    },
  }
}
