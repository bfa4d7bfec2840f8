import { createHash } from 'node:crypto'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** Whose record it is, and where it was made. */
export type Home = { tenant: string; region: string }

/** What every access record has, whatever it tells of. `requestId` makes its id: the same request never counts twice. */
export function recordParts(
  { tenant, region }: Home,
  { requestId, startedAt }: { requestId: string; startedAt: Date },
): Pick<
  AccessRecord,
  'eventVersion' | 'eventTime' | 'eventSource' | 'awsRegion' | 'requestID' | 'eventID' | 'recipientAccountId'
> {
  return {
    eventVersion: '1.11',
    eventTime: `${startedAt.toISOString().slice(0, 19)}Z`,
    eventSource: 'crm.evergreen.example',
    awsRegion: region,
    requestID: requestId,
    eventID: eventIdOf(tenant, requestId),
    recipientAccountId: tenant,
  }
}

/** The id of the record of a request: a UUID of version 8, made of a hash (RFC 9562, 5.8). */
function eventIdOf(tenant: string, requestId: string): string {
  const bytes = createHash('sha256').update(`${tenant}\n${requestId}`).digest().subarray(0, 16)
  bytes[6] = 0x80 | (bytes.readUInt8(6) & 0x0f)
  bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Records as resources; the ids name their objects. */
export function resourcesOf({ tenant, region }: Home, ids: readonly string[]): AccessRecord['resources'] {
  return ids.map(id => ({
    accountId: tenant,
    type: 'Evergreen::Record',
    ARN: `arn:evergreen:crm:${region}:${tenant}:${id}`,
  }))
}

/** The record id in a resource's ARN. */
export function idInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1)
}
