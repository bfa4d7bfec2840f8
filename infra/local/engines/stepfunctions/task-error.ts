/** An error by the name that `Retry` and `Catch` match; its message becomes `Cause`. */
export class TaskError extends Error {
  /** Looked at by aws-local-stepfunctions before it retries. */
  readonly isRetryable: boolean
  /** Looked at by aws-local-stepfunctions before it catches. */
  readonly isCatchable: boolean

  constructor(name: string, cause: string, { isTerminal = false }: { isTerminal?: boolean } = {}) {
    super(cause)
    this.name = name
    this.isRetryable = !isTerminal
    this.isCatchable = !isTerminal
  }
}
