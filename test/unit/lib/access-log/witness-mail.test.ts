import { describe, expect, it } from 'vitest'
import type { Anchor } from '#lib/access-log/anchor.ts'
import { witnessMail } from '#lib/access-log/witness-mail.ts'
import { accessLogVerification } from '#schemas/api/access-log-verification.ts'
import { testTenant } from '../../../support/table.ts'

const file = 'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/03/01/a.json.gz'
const anchor: Anchor = {
  digestS3Bucket: 'log',
  digestS3Object: 'AWSLogs/111122223333/CloudTrail-Digest/d.json.gz',
  digestEndTime: '2026-03-01T06:00:00Z',
  hashValue: 'ab'.repeat(32),
  hashAlgorithm: 'SHA-256',
  signature: 'cd',
  digestPublicKeyFingerprint: 'ef'.repeat(16),
  anchoredAt: '2026-03-01T06:05:00Z',
}
const verification = (found: number) =>
  accessLogVerification.parse({
    state: found > 0 ? 'altered' : 'intact',
    checkedAt: '2026-03-01T06:30:00.000Z',
    asked: { from: '2026-02-27T06:30:00.000Z', to: '2026-03-01T06:30:00.000Z' },
    ...{ from: null, to: null, found, pending: 0, anchors: 1, fingerprints: [], events: 9 },
    ...{ digests: { checked: 48, intact: 48 }, logFiles: { checked: 60, intact: 60 - found } },
    findings: found > 0 ? [{ file, kind: 'logAltered', what: 'does not hold what was digested' }] : [],
  })

describe('the daily mail of the access log', () => {
  it.each([
    ['en', 'Access log of acme, 2026-03-01: intact', 'Please keep this mail.'],
    ['zh-CN', 'acme 访问日志 2026-03-01：完好', '请保存本邮件'],
  ] as const)('in %s takes the newest hash out of the house', (locale, subject, keep) => {
    const mail = witnessMail({ ...testTenant, name: 'acme', locale }, { anchor, verification: verification(0) })
    expect(mail.subject).toBe(subject)
    for (const part of [keep, anchor.hashValue, anchor.digestS3Object, anchor.digestPublicKeyFingerprint, '48'])
      expect(mail.text).toContain(part)
  })

  it.each([
    ['en', /ALTERED$/],
    ['zh-CN', /有改动$/],
  ] as const)('in %s says in its subject that the log was altered, and names the file', (locale, subject) => {
    const mail = witnessMail({ ...testTenant, locale }, { anchor, verification: verification(1) })
    expect(mail.subject).toMatch(subject)
    expect(mail.text).toContain(file)
    expect(mail.text).toContain('docs/runbook.md#function-verify-access-log-fails')
  })

  it.each([
    ['en', 'There is no digest yet'],
    ['zh-CN', '尚无摘要'],
  ] as const)('in %s says so when there is no digest yet', (locale, text) => {
    const mail = witnessMail({ ...testTenant, locale }, { anchor: undefined, verification: verification(0) })
    expect(mail.text).toContain(text)
  })
})
