import type { Finding } from '#lib/access-watch/judge.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

/** What an alert says: a title, what happened, and what to do. */
type Texts = { title: string; detail: string; suggestion: string }

type Writer = (who: string, finding: Finding) => Texts

const english: Record<Finding['kind'], Writer> = {
  massRead: (who, { count, usual = 0 }) => ({
    title: `${who} viewed unusually many records`,
    detail: `${count} customers and contacts were shown within an hour; usual for them are ${usual}.`,
    suggestion: 'Ask them why. If there is no good reason, disable the user: all sessions end at once.',
  }),
  massExport: (who, { count, usual = 0 }) => ({
    title: `${who} exported unusually many records`,
    detail: `${count} records left in files within an hour; usual for them are ${usual}.`,
    suggestion: 'Ask them why, and where the file is. Disable the user if in doubt, or take exports from the role.',
  }),
  manyDenials: (who, { count }) => ({
    title: `${who} was refused again and again`,
    detail: `${count} requests within an hour were refused: not signed in, not theirs to see, or too many.`,
    suggestion:
      'Look at what was tried (GET /v1/access-log?actor=...). A program may have an old token; a person may be probing.',
  }),
  outOfHours: (who, { since }) => ({
    title: `${who} was at records out of hours`,
    detail: `First at ${since}, outside the hours in the settings.`,
    suggestion: 'Ask whether it was them. If not, disable the user and have the password changed.',
  }),
  newCountry: (who, { country = '' }) => ({
    title: `${who} came from a country that is new for them`,
    detail: `Requests came from ${country}, from where they had none before.`,
    suggestion: 'Ask whether they travel. If not, disable the user and have the password changed.',
  }),
  leaver: (who, { since }) => ({
    title: `${who}, who has left or is disabled, tried to get in`,
    detail: `A token of theirs was used at ${since} and refused. Nothing was shown.`,
    suggestion: 'Make sure that their devices are returned and that no program uses their account.',
  }),
}

const chinese: Record<Finding['kind'], Writer> = {
  massRead: (who, { count, usual = 0 }) => ({
    title: `${who} 查看了异常多的记录`,
    detail: `一小时内查看了 ${count} 条客户和联系人，平常为 ${usual} 条。`,
    suggestion: '请向本人了解原因；如无正当理由，请停用该用户，其所有会话会立即失效。',
  }),
  massExport: (who, { count, usual = 0 }) => ({
    title: `${who} 导出了异常多的记录`,
    detail: `一小时内导出了 ${count} 条记录，平常为 ${usual} 条。`,
    suggestion: '请了解原因和文件去向；如有疑问请停用该用户，或收回其角色的导出权限。',
  }),
  manyDenials: (who, { count }) => ({
    title: `${who} 多次被拒绝访问`,
    detail: `一小时内有 ${count} 次请求被拒绝：未登录、无权查看或请求过多。`,
    suggestion: '请查看其尝试的内容（GET /v1/access-log?actor=...）：可能是程序使用了旧令牌，也可能有人在试探。',
  }),
  outOfHours: (who, { since }) => ({
    title: `${who} 在非工作时间访问了记录`,
    detail: `首次发生于 ${since}，不在设置的工作时间内。`,
    suggestion: '请确认是否为本人操作；如不是，请停用该用户并要求修改密码。',
  }),
  newCountry: (who, { country = '' }) => ({
    title: `${who} 从新的国家或地区访问`,
    detail: `请求来自 ${country}，此前从未有过。`,
    suggestion: '请确认本人是否出差；如不是，请停用该用户并要求修改密码。',
  }),
  leaver: (who, { since }) => ({
    title: `已离职或停用的 ${who} 尝试访问`,
    detail: `其令牌于 ${since} 被使用并被拒绝，没有显示任何内容。`,
    suggestion: '请确认其设备已归还，并且没有程序使用其账号。',
  }),
}

/** What an alert says, in the language of the tenant. */
export function alertTexts(locale: TenantSettings['locale'], who: string, finding: Finding): Texts {
  return (locale === 'zh-CN' ? chinese : english)[finding.kind](who, finding)
}
