import { gunzipSync } from 'node:zlib'
import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** What the log says beside what callers know. */
export type Verdict = {
  answered: number
  records: number
  files: number
  /** Answered calls that no record tells of. */
  lost: string[]
  /** Requests with more than one record. */
  twice: string[]
  /** Records with another status than the caller got. */
  wrong: string[]
  /**
   * Calls that were answered 503 while their record says more: the bus took it, but its answer came too late, so nothing was
   * shown. The log tells rather too much than too little.
   */
  withheld: number
  /** Records of calls that nobody got an answer to: as many as connections broke, at most. */
  unheard: number
}

/** Holds the log against the answers that callers got, by request id. */
export async function judgeLog(s3: string, answered: ReadonlyMap<string, number>): Promise<Verdict> {
  const { records, files } = await readLog(s3)
  const calls = records.filter(({ eventType }) => eventType === 'AwsApiCall')
  const byRequest = Map.groupBy(calls, ({ requestID }) => requestID)
  const differing = [...answered].filter(([id, status]) => {
    const record = byRequest.get(id)?.[0]
    return record !== undefined && record.additionalEventData.status !== status
  })
  const wrong = differing.filter(([, status]) => status !== 503)
  return {
    answered: answered.size,
    records: calls.length,
    files,
    lost: [...answered.keys()].filter(id => !byRequest.has(id)),
    twice: [...byRequest].filter(([, each]) => each.length > 1).map(([id]) => id),
    wrong: wrong.map(([id]) => id),
    withheld: differing.length - wrong.length,
    unheard: [...byRequest.keys()].filter(id => !answered.has(id)).length,
  }
}

async function readLog(endpoint: string): Promise<{ records: AccessRecord[]; files: number }> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'local' }
  const client = new S3Client({ endpoint, region: 'ap-southeast-1', forcePathStyle: true, credentials })
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}))
  const Bucket = Buckets.find(({ Name = '' }) => Name.startsWith('log'))?.Name
  const records: AccessRecord[] = []
  let files = 0
  for (let token: string | undefined, isFirst = true; isFirst || token; isFirst = false) {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket,
        Prefix: 'AWSLogs/000000000000/CloudTrail/',
        ...(token && { ContinuationToken: token }),
      }),
    )
    for (const { Key } of page.Contents ?? []) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
      records.push(...JSON.parse(gunzipSync(bytes).toString()).Records)
      files += 1
    }
    token = page.NextContinuationToken
  }
  client.destroy()
  return { records, files }
}
