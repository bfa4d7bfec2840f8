import { deniedMessage } from '../aws-error.ts'
import type { EngineSettings } from '../engine.ts'
import type { S3 } from './s3.ts'
import { accessDenied } from './s3-errors.ts'
import type { S3Reply, S3Request } from './s3-request.ts'

/** One request on its way through an operation. */
export type S3Call = {
  s3: S3
  request: S3Request
  may(action: string, resource: string): boolean
  /** Throws AccessDenied unless the caller may do the action on the resource. */
  demand(action: string, resource: string): void
}

/** An operation of S3. */
export type S3Operation = (call: S3Call) => S3Reply | Promise<S3Reply>

/** Prepares a call of a principal. */
export function createCall(s3: S3, request: S3Request, principal: string, settings: EngineSettings): S3Call {
  const may = (action: string, resource: string) => settings.authorize(principal, action, resource)
  return {
    s3,
    request,
    may,
    demand: (action, resource) => {
      if (!may(action, resource)) throw accessDenied(deniedMessage(principal, action, resource))
    },
  }
}

/** ARN of a bucket, or of an object in it. */
export function s3Arn(bucket: string, key = ''): string {
  return key === '' ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`
}
