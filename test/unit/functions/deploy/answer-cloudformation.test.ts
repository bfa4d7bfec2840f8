import { createServer } from 'node:http'
import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { answerCloudFormation } from '#functions/deploy/answer-cloudformation.ts'

type Seen = { method: string | undefined; type: string | undefined; body: string }

/** Stands for CloudFormation's presigned URL: answers with these statuses, one a request. */
async function listening(statuses: number[], work: (url: string) => Promise<void>): Promise<Seen[]> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    seen.push({ method: request.method, type: request.headers['content-type'], body: Buffer.concat(chunks).toString() })
    response.writeHead(statuses[seen.length - 1] ?? 200).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/answer?signature=x`)
  } finally {
    server.close()
  }
  return seen
}

const event = (ResponseURL: string, more = {}): CloudFormationCustomResourceEvent => ({
  RequestType: 'Create',
  ServiceToken: 'arn',
  ResponseURL,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Seed',
  ResourceType: 'Custom::SeedTenant',
  ResourceProperties: { ServiceToken: 'arn' },
  ...more,
})

describe('the answer to CloudFormation', () => {
  it('names the resource and is sent without a content type, as the URL is signed', async () => {
    const [seen] = await listening([200], url => answerCloudFormation(event(url), 'SUCCESS'))
    expect(seen).toMatchObject({ method: 'PUT' })
    expect(seen?.type ?? '').toBe('')
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      Status: 'SUCCESS',
      Reason: '',
      PhysicalResourceId: 'Seed',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Seed',
    })
  })

  it('keeps the physical id, so that an update replaces nothing', async () => {
    const update = { RequestType: 'Update', PhysicalResourceId: 'old-id', OldResourceProperties: {} }
    const [seen] = await listening([200], url => answerCloudFormation(event(url, update), 'FAILED', 'r'.repeat(5_000)))
    expect(JSON.parse(seen?.body ?? '')).toMatchObject({ PhysicalResourceId: 'old-id', Status: 'FAILED' })
    expect(JSON.parse(seen?.body ?? '').Reason).toHaveLength(1_000)
  })

  it('is sent again until it is taken', async () => {
    const seen = await listening([500, 503, 200], url => answerCloudFormation(event(url), 'SUCCESS'))
    expect(seen).toHaveLength(3)
  })
})
