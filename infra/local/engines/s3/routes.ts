import { bucketConfigs, deleteConfig, getConfig, putConfig } from './bucket-config.ts'
import {
  createBucket,
  deleteBucket,
  getLocation,
  getVersioning,
  headBucket,
  listBuckets,
  putVersioning,
} from './bucket-operations.ts'
import { copyObject } from './copy-object.ts'
import { deleteObject, deleteObjects } from './delete-object.ts'
import { getAttributes, getObject } from './get-object.ts'
import { listObjects } from './list-objects.ts'
import { listVersions } from './list-versions.ts'
import { abortUpload, completeUpload, createUpload, listParts, listUploads, uploadPart } from './multipart.ts'
import { getLegalHold, getRetention, putLegalHold, putRetention } from './object-lock.ts'
import { putObject } from './put-object.ts'
import type { S3Operation } from './s3-call.ts'
import type { S3Request } from './s3-request.ts'
import { deleteTags, getTags, putTags } from './tags.ts'

/** Which requests an operation answers, and the permission they need. */
type S3Route = {
  method: string
  on: 'service' | 'bucket' | 'object'
  /** Query parameter that selects the operation, as in `?uploads`. */
  parameter?: string
  /** Header that selects the operation. */
  header?: string
  /** Null when the operation checks permissions itself. */
  action: string | null
  /** The action when the request names a version. */
  versionAction?: string
  run: S3Operation
}

/** All operations; of those that fit a request, the first answers it. */
const routes: readonly S3Route[] = [
  { method: 'GET', on: 'service', action: 's3:ListAllMyBuckets', run: listBuckets },
  ...bucketConfigs.flatMap(({ name: parameter, iamName, missing }): S3Route[] => [
    { method: 'GET', on: 'bucket', parameter, action: `s3:Get${iamName}`, run: getConfig(parameter, missing) },
    { method: 'PUT', on: 'bucket', parameter, action: `s3:Put${iamName}`, run: putConfig(parameter) },
    { method: 'DELETE', on: 'bucket', parameter, action: `s3:Put${iamName}`, run: deleteConfig(parameter) },
  ]),
  { method: 'GET', on: 'bucket', parameter: 'versioning', action: 's3:GetBucketVersioning', run: getVersioning },
  { method: 'PUT', on: 'bucket', parameter: 'versioning', action: 's3:PutBucketVersioning', run: putVersioning },
  { method: 'GET', on: 'bucket', parameter: 'location', action: 's3:GetBucketLocation', run: getLocation },
  { method: 'GET', on: 'bucket', parameter: 'versions', action: 's3:ListBucketVersions', run: listVersions },
  { method: 'GET', on: 'bucket', parameter: 'uploads', action: 's3:ListBucketMultipartUploads', run: listUploads },
  { method: 'POST', on: 'bucket', parameter: 'delete', action: null, run: deleteObjects },
  { method: 'GET', on: 'bucket', action: 's3:ListBucket', run: listObjects },
  { method: 'HEAD', on: 'bucket', action: 's3:ListBucket', run: headBucket },
  { method: 'PUT', on: 'bucket', action: 's3:CreateBucket', run: createBucket },
  { method: 'DELETE', on: 'bucket', action: 's3:DeleteBucket', run: deleteBucket },

  { method: 'POST', on: 'object', parameter: 'uploads', action: 's3:PutObject', run: createUpload },
  { method: 'PUT', on: 'object', parameter: 'uploadId', action: 's3:PutObject', run: uploadPart },
  { method: 'POST', on: 'object', parameter: 'uploadId', action: 's3:PutObject', run: completeUpload },
  { method: 'GET', on: 'object', parameter: 'uploadId', action: 's3:ListMultipartUploadParts', run: listParts },
  { method: 'DELETE', on: 'object', parameter: 'uploadId', action: 's3:AbortMultipartUpload', run: abortUpload },
  ...versioned('tagging', 'ObjectTagging', 'ObjectVersionTagging', { GET: getTags, PUT: putTags, DELETE: deleteTags }),
  ...versioned('retention', 'ObjectRetention', 'ObjectRetention', { GET: getRetention, PUT: putRetention }),
  ...versioned('legal-hold', 'ObjectLegalHold', 'ObjectLegalHold', { GET: getLegalHold, PUT: putLegalHold }),
  ...versioned('attributes', 'ObjectAttributes', 'ObjectVersionAttributes', { GET: getAttributes }),
  { method: 'PUT', on: 'object', header: 'x-amz-copy-source', action: 's3:PutObject', run: copyObject },
  { method: 'PUT', on: 'object', action: 's3:PutObject', run: putObject },
  { method: 'GET', on: 'object', action: 's3:GetObject', versionAction: 's3:GetObjectVersion', run: getObject },
  { method: 'HEAD', on: 'object', action: 's3:GetObject', versionAction: 's3:GetObjectVersion', run: getObject },
  {
    method: 'DELETE',
    on: 'object',
    action: 's3:DeleteObject',
    versionAction: 's3:DeleteObjectVersion',
    run: deleteObject,
  },
]

/** The route of a request; undefined when S3 has, or we have, no such operation. */
export function findRoute(request: S3Request): S3Route | undefined {
  const on = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object'
  return routes.find(
    route =>
      route.on === on &&
      route.method === request.method &&
      (route.parameter === undefined || request.query.has(route.parameter)) &&
      (route.header === undefined || route.header in request.headers),
  )
}

/** Routes of one subresource of objects; verbs and nouns of their IAM actions follow one pattern. */
function versioned(
  parameter: string,
  noun: string,
  versionNoun: string,
  operations: Record<string, S3Operation>,
): S3Route[] {
  const verbs: Record<string, string> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }
  return Object.entries(operations).map(([method, run]) => ({
    method,
    on: 'object',
    parameter,
    action: `s3:${verbs[method]}${noun}`,
    versionAction: `s3:${verbs[method]}${versionNoun}`,
    run,
  }))
}
