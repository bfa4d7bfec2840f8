/** An error that an engine answers in its service's own format. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  readonly headers: Record<string, string>

  constructor(code: string, message: string, answer: { status?: number; headers?: Record<string, string> } = {}) {
    super(message)
    this.name = 'AwsError'
    this.code = code
    this.status = answer.status ?? 400
    this.headers = answer.headers ?? {}
  }
}

/** IAM's sentence for a refused call. */
export function deniedMessage(principal: string, action: string, resource: string): string {
  return `User: ${principal} is not authorized to perform: ${action} on resource: ${resource}`
}
