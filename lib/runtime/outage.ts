import { CrmError } from '#lib/errors.ts'

/** Errors of AWS services, and of the way to them, that pass by themselves. */
const passing = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'LimitExceededException',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'AbortError',
  'ExecutionLimitExceeded',
  'KmsThrottlingException',
])
const passingCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN'])

/** Whether trying later helps, whoever says so: a service behind us, or our own code about one. */
export function isPassing(error: unknown): boolean {
  return isOutage(error) || (error instanceof CrmError && error.code === 'unavailable')
}

/** Whether an error says that a service behind us is overloaded, down or out of reach, so that trying later helps. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (passing.has(error.name) || passingCodes.has(textMember(error, 'code'))) return true
  const status = httpStatus(error)
  return status >= 500 || status === 429 || isOutage(error.cause)
}

function textMember(error: Error, name: string): string {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : ''
}

/** The HTTP status that an error of the AWS SDK carries. */
function httpStatus(error: Error): number {
  const metadata: unknown = Reflect.get(error, '$metadata')
  if (typeof metadata !== 'object' || metadata === null) return 0
  const status: unknown = Reflect.get(metadata, 'httpStatusCode')
  return typeof status === 'number' ? status : 0
}
