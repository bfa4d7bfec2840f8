import { AwsError } from '../aws-error.ts'

/** S3's error for something that does not exist. */
export function notFound(code: string, message = 'The specified resource does not exist.'): AwsError {
  return new AwsError(code, message, { status: 404 })
}

/** S3's error for a request that makes no sense. */
export function badRequest(code: string, message: string): AwsError {
  return new AwsError(code, message, { status: 400 })
}

/** S3's error for what a permission or an object lock forbids. */
export function accessDenied(message = 'Access Denied'): AwsError {
  return new AwsError('AccessDenied', message, { status: 403 })
}

/** S3's error for a conditional request whose condition does not hold. */
export function preconditionFailed(): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    status: 412,
  })
}
