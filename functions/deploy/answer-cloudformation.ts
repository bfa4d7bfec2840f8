import { setTimeout as sleep } from 'node:timers/promises'
import type { CloudFormationCustomResourceEvent } from 'aws-lambda'

/** Without an answer CloudFormation waits an hour, so a failed PUT is tried again. */
const attempts = 4

/** Tells CloudFormation what became of a custom resource, at the URL it gave. */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  status: 'SUCCESS' | 'FAILED',
  reason = '',
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event
  const body = JSON.stringify({
    Status: status,
    Reason: reason.slice(0, 1_000),
    PhysicalResourceId: 'PhysicalResourceId' in event ? event.PhysicalResourceId : LogicalResourceId,
    StackId,
    RequestId,
    LogicalResourceId,
  })
  for (let attempt = 1; ; attempt++) {
    if (await put(ResponseURL, body)) return
    if (attempt === attempts)
      throw new Error(`CloudFormation did not take the answer ${status} of ${LogicalResourceId}`)
    await sleep(200 * 2 ** attempt)
  }
}

/** The URL is signed for a request without a content type. */
async function put(url: string, body: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' } })
    return answer.ok
  } catch {
    return false
  }
}
