import { Readable } from 'node:stream'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

/** How a transfer reaches S3, as the caller that asked for it. */
export type S3Access = { endpoint: string; region: string; principal: string }

/** The encryption that an export's files are asked to have, as in its request. */
export type Encryption = { S3SseAlgorithm?: string | undefined; S3SseKmsKeyId?: string | undefined }

/** Makes a client of the local S3. */
export function createS3Client({ endpoint, region, principal }: S3Access): S3Client {
  const credentials = { accessKeyId: principal, secretAccessKey: 'local' }
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 3 })
}

/** Stores files in a bucket; answers their ETag, without quotes. */
export function createPut(client: S3Client, bucket: string, { S3SseAlgorithm, S3SseKmsKeyId }: Encryption) {
  return async (Key: string, Body: Uint8Array | string, ContentType: string): Promise<string> => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key,
      Body,
      ContentLength: Buffer.byteLength(Body),
      ContentType,
      ...(S3SseAlgorithm === 'AES256' && { ServerSideEncryption: 'AES256' }),
      ...(S3SseAlgorithm === 'KMS' && { ServerSideEncryption: 'aws:kms' }),
      ...(S3SseKmsKeyId !== undefined && { SSEKMSKeyId: S3SseKmsKeyId }),
    })
    const { ETag = '' } = await client.send(command)
    return ETag.replaceAll('"', '')
  }
}

/** The objects below a prefix, by key; folders' own empty ones left out. */
export async function* listObjects(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<string> {
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token }))
    for (const { Key = '' } of page.Contents ?? []) if (!Key.endsWith('/')) yield Key
    token = page.NextContinuationToken
  }
}

/** The content of an object. */
export async function readObject(client: S3Client, Bucket: string, Key: string): Promise<Readable> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  if (!(Body instanceof Readable)) throw new Error(`S3 gave ${Key} without a body`)
  return Body
}
