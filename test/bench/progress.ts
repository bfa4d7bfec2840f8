/** Shows how far something has come, with its rate: one line that changes on a terminal, a line each 10 s elsewhere. */
export function startProgress(what: string, total?: number): { at(done: number): void; end(): number } {
  const { isTTY } = process.stderr
  const started = performance.now()
  let done = 0
  const show = () => {
    const seconds = (performance.now() - started) / 1000
    const share = total === undefined ? '' : `: ${done} of ${total}, ${Math.round(done / seconds)}/s`
    const text = `${what}${share}, ${seconds.toFixed(0)} s`
    process.stderr.write(isTTY ? `\r\u001b[K${text}` : `${text}\n`)
  }
  const timer = setInterval(show, isTTY ? 500 : 10_000).unref()
  return {
    at: count => {
      done = count
    },
    end: () => {
      clearInterval(timer)
      if (isTTY) process.stderr.write('\r\u001b[K')
      return performance.now() - started
    },
  }
}
