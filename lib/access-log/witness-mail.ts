import type { Anchor } from '#lib/access-log/anchor.ts'
import type { AccessLogVerification } from '#schemas/api/access-log-verification.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

type Witness = { anchor: Anchor | undefined; verification: AccessLogVerification }

/** A mail of these is small enough for any reader. */
const mostFindings = 20

/**
 * The daily mail that takes the newest digest's hash out of the tenant's own systems, with what the daily check came to: whoever
 * keeps it can prove later that nothing before it was cut off.
 */
export function witnessMail({ name, locale }: TenantSettings, witness: Witness): { subject: string; text: string } {
  const texts = locale === 'zh-CN' ? chinese : english
  const { state, checkedAt } = witness.verification
  const subject = texts.subject({ name, day: checkedAt.slice(0, 10), state })
  return { subject, text: [...texts.check(witness.verification), '', ...texts.anchor(witness.anchor)].join('\n') }
}

type Texts = {
  subject(about: { name: string; day: string; state: AccessLogVerification['state'] }): string
  check(verification: AccessLogVerification): string[]
  anchor(anchor: Anchor | undefined): string[]
}

const english: Texts = {
  subject: ({ name, day, state }) => `Access log of ${name}, ${day}: ${enStates[state]}`,
  check: ({ state, asked, digests, logFiles, events, found, findings }) => [
    `Checked ${asked.from} to ${asked.to}: ${enStates[state]}.`,
    `Digests intact: ${digests.intact} of ${digests.checked}. Log files intact: ${logFiles.intact} of ${logFiles.checked}. Events: ${events}.`,
    ...(found > 0 ? [`${found} found. What to do: docs/runbook.md#function-verify-access-log-fails`] : []),
    ...findings.slice(0, mostFindings).map(({ file, what }) => `- ${file} ${what}`),
  ],
  anchor: anchor =>
    anchor
      ? [
          'Please keep this mail. It proves later that no hour up to then was cut off:',
          `Newest digest: ${anchor.digestS3Object}`,
          `SHA-256: ${anchor.hashValue}`,
          `Fingerprint of the key: ${anchor.digestPublicKeyFingerprint}`,
          `To check: npm run access-log -- verify --anchor ${anchor.hashValue}`,
        ]
      : ['There is no digest yet: the first hour has not ended.'],
}

const chinese: Texts = {
  subject: ({ name, day, state }) => `${name} 访问日志 ${day}：${zhStates[state]}`,
  check: ({ state, asked, digests, logFiles, events, found, findings }) => [
    `已核验 ${asked.from} 至 ${asked.to}：${zhStates[state]}。`,
    `完好的摘要 ${digests.intact} / ${digests.checked}，完好的日志文件 ${logFiles.intact} / ${logFiles.checked}，事件 ${events} 条。`,
    ...(found > 0 ? [`发现 ${found} 处问题，处理办法见 docs/runbook.md#function-verify-access-log-fails`] : []),
    ...findings.slice(0, mostFindings).map(({ file, what }) => `- ${file} ${what}`),
  ],
  anchor: anchor =>
    anchor
      ? [
          '请保存本邮件：日后可凭它证明此前各小时的日志没有被截去。',
          `最新摘要：${anchor.digestS3Object}`,
          `SHA-256:${anchor.hashValue}`,
          `公钥指纹：${anchor.digestPublicKeyFingerprint}`,
          `核验命令：npm run access-log -- verify --anchor ${anchor.hashValue}`,
        ]
      : ['尚无摘要：第一个小时还没有结束。'],
}

const enStates = {
  intact: 'intact',
  altered: 'ALTERED',
  late: 'not altered, but the newest hours are not signed yet',
  unfinished: 'intact as far as time allowed',
}
const zhStates = {
  intact: '完好',
  altered: '有改动',
  late: '未见改动，但最近几小时尚未签发摘要',
  unfinished: '已核验部分完好，其余未及核验',
}
