import type { Bucket } from './bucket-store.ts'
import type { S3Call } from './s3-call.ts'
import { textOf } from './xml.ts'

const algorithmHeader = 'x-amz-server-side-encryption'
const keyHeader = 'x-amz-server-side-encryption-aws-kms-key-id'
const bucketKeyHeader = 'x-amz-server-side-encryption-bucket-key-enabled'

/** Encryption headers of a new object: the request's own, else the bucket's default. The caller needs the key they name. */
export function encryptionHeaders(call: S3Call, bucket: Bucket): Record<string, string> {
  const headers = call.request.headers
  const own = fromEntries([
    [algorithmHeader, headers[algorithmHeader]],
    [keyHeader, headers[keyHeader]],
    [bucketKeyHeader, headers[bucketKeyHeader]],
  ])
  const chosen = own[algorithmHeader] === undefined ? defaultEncryption(bucket) : own
  demandKey(call, chosen, 'kms:GenerateDataKey')
  return chosen
}

/** Reading an object that a KMS key encrypts needs `kms:Decrypt` on that key. */
export function demandDecrypt(call: S3Call, headers: Record<string, string>): void {
  demandKey(call, headers, 'kms:Decrypt')
}

/** The encryption headers among an object's. */
export function encryptionOf(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(algorithmHeader)))
}

function defaultEncryption(bucket: Bucket): Record<string, string> {
  const { encryption: document = '' } = bucket.config
  const algorithm = textOf(document, 'SSEAlgorithm')
  if (algorithm === undefined) return { [algorithmHeader]: 'AES256' }
  return fromEntries([
    [algorithmHeader, algorithm],
    [keyHeader, textOf(document, 'KMSMasterKeyID')],
    [bucketKeyHeader, textOf(document, 'BucketKeyEnabled')],
  ])
}

/** Keys that are named by alias or bare id are not checked: a policy names ARNs. */
function demandKey(call: S3Call, headers: Record<string, string>, action: string): void {
  const key = headers[keyHeader]
  if (key?.startsWith('arn:') === true) call.demand(action, key)
}

function fromEntries(entries: [string, string | undefined][]): Record<string, string> {
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
