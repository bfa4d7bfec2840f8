import type { Bucket } from './bucket-store.ts'
import { findVersion } from './find-version.ts'
import { receiveText } from './receive-body.ts'
import { type S3Call, type S3Operation, s3Arn } from './s3-call.ts'
import { accessDenied, badRequest } from './s3-errors.ts'
import type { Lock } from './version-store.ts'
import { element, textOf, xmlDocument } from './xml.ts'

const dayMs = 86_400_000

/** The lock of a new version: what the request says, else the bucket's default retention. */
export function newLock(headers: Record<string, string>, bucket: Bucket, nowMs: number): Lock {
  const mode = lockMode(headers['x-amz-object-lock-mode'])
  const until = headers['x-amz-object-lock-retain-until-date']
  const isHeld = headers['x-amz-object-lock-legal-hold'] === 'ON'
  const retention = mode && until ? { mode, until: new Date(until).toISOString() } : defaultRetention(bucket, nowMs)
  return { ...retention, ...(isHeld ? { isHeld } : {}) }
}

/** Headers that show a version's lock. */
export function lockHeaders(lock: Lock): Record<string, string> {
  return {
    ...(lock.mode && lock.until
      ? { 'x-amz-object-lock-mode': lock.mode, 'x-amz-object-lock-retain-until-date': lock.until }
      : {}),
    ...(lock.isHeld ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
  }
}

/** Throws AccessDenied while a version may not be deleted. */
export function assertDeletable(lock: Lock, nowMs: number, mayBypass: boolean): void {
  const isRetained = lock.until !== undefined && Date.parse(lock.until) > nowMs
  const isBypassed = lock.mode === 'GOVERNANCE' && mayBypass
  if (lock.isHeld === true || (isRetained && !isBypassed)) {
    throw accessDenied('Access Denied because object protected by object lock.')
  }
}

/** Whether the caller asks for, and may have, governance retention ignored. */
export function mayBypassGovernance(call: S3Call, key: string): boolean {
  const isAsked = call.request.headers['x-amz-bypass-governance-retention'] === 'true'
  return isAsked && call.may('s3:BypassGovernanceRetention', s3Arn(call.request.bucket, key))
}

/** `GET ?retention` */
export const getRetention: S3Operation = call => {
  const { mode, until } = findVersion(call).lock
  return { status: 200, body: xmlDocument('Retention', element('Mode', mode) + element('RetainUntilDate', until)) }
}

/** `PUT ?retention`: retention may be extended; shortened only when it is governance and the caller may bypass it. */
export const putRetention: S3Operation = async call => {
  const document = await receiveText(call.request)
  const { lock, seq } = findVersion(call)
  const mode = lockMode(textOf(document, 'Mode'))
  const untilMs = Date.parse(textOf(document, 'RetainUntilDate') ?? '')
  if (mode === undefined || Number.isNaN(untilMs)) {
    throw badRequest('MalformedXML', 'Retention needs Mode and RetainUntilDate')
  }
  const isWeaker = untilMs < Date.parse(lock.until ?? '') || (lock.mode === 'COMPLIANCE' && mode === 'GOVERNANCE')
  if (isWeaker) assertDeletable({ ...lock, isHeld: false }, call.s3.now(), mayBypassGovernance(call, call.request.key))
  call.s3.versions.setLock(JSON.stringify({ ...lock, mode, until: new Date(untilMs).toISOString() }), seq)
  return { status: 200 }
}

/** `GET ?legal-hold` */
export const getLegalHold: S3Operation = call => {
  const { isHeld } = findVersion(call).lock
  return { status: 200, body: xmlDocument('LegalHold', element('Status', isHeld === true ? 'ON' : 'OFF')) }
}

/** `PUT ?legal-hold` */
export const putLegalHold: S3Operation = async call => {
  const document = await receiveText(call.request)
  const { lock, seq } = findVersion(call)
  call.s3.versions.setLock(JSON.stringify({ ...lock, isHeld: textOf(document, 'Status') === 'ON' }), seq)
  return { status: 200 }
}

function defaultRetention(bucket: Bucket, nowMs: number): Lock {
  const document = bucket.config['object-lock'] ?? ''
  const mode = lockMode(textOf(document, 'Mode'))
  if (mode === undefined) return {}
  const days = Number(textOf(document, 'Days') ?? 0) + 365 * Number(textOf(document, 'Years') ?? 0)
  return { mode, until: new Date(nowMs + days * dayMs).toISOString() }
}

function lockMode(text: string | undefined): Lock['mode'] {
  return text === 'GOVERNANCE' || text === 'COMPLIANCE' ? text : undefined
}
