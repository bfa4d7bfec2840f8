/** Runs something of Node's that would greet every start with a warning that it is experimental. */
export function quietly<Result>(work: () => Result): Result {
  const emitWarning = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return work()
  } finally {
    process.emitWarning = emitWarning
  }
}
