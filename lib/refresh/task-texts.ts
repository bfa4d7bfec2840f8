import { textOf } from '#lib/records/owner-of.ts'
import type { Assignment } from '#lib/refresh/assign-tasks.ts'
import type { AssignmentReason } from '#lib/refresh/refresh-outcome.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

type Locale = TenantSettings['locale']
type Assigned = Extract<Assignment, { outcome: 'assigned' }>

/** 120 characters of a name leave room for the rest of a subject, which holds 200. */
const nameLength = 120
const dayMs = 86_400_000

/**
 * What a verification task says, in the tenant's language. Personal data stays in the record, where it is masked and erased:
 * a contact goes by its company.
 */
export function verificationTexts(
  { locale, timeZone }: Pick<TenantSettings, 'locale' | 'timeZone'>,
  task: Assigned,
  { at, staleSince }: { at: Date; staleSince: Date },
): { subject: string; body: string } {
  const { object, record } = task
  const texts = locale === 'zh-CN' ? zh : en
  const label = locale === 'zh-CN' ? object.label.zh : object.label.en.toLowerCase()
  const known = plainName(object, record)
  const dateOf = (time: string) => localDate(new Date(time), timeZone)
  const last = textOf(record.fields['lastVerifiedAt'])
  const fields = checkedFields(object).map(field => (locale === 'zh-CN' ? field.label.zh : field.label.en))
  const days = Math.max(0, Math.floor((at.getTime() - staleSince.getTime()) / dayMs))
  const why = decisionText(locale, task)
  const lines = [
    last === undefined ? texts.never(label, dateOf(record.createdAt)) : texts.last(label, dateOf(last)),
    texts.overdue(days),
    texts.check(fields),
    ...(why === undefined ? [] : [why]),
  ]
  return { subject: texts.subject(label, known), body: lines.join('\n') }
}

/** Why a task went to somebody who does not own the record, in words; undefined for owners. */
export function decisionText(locale: Locale, { reason, shared, assignee }: Assigned): string | undefined {
  if (reason === 'owner' || !shared) return undefined
  const texts = locale === 'zh-CN' ? zh : en
  return texts.shared(texts.reasons[reason], shared.candidates, { name: assignee.name, open: shared.openTasks })
}

/** Fields worth a look: those by which people find and tell records apart. */
function checkedFields(object: ObjectDefinition): FieldDefinition[] {
  return Object.values(object.fields).filter(field => field.searchable || field.sensitive || isNumber(field))
}

/** A number that stands for the record, such as a tax id; ids in other systems are no business of people. */
function isNumber(field: FieldDefinition): boolean {
  return field.type === 'text' && field.unique === true
}

/** What a record may be called where anybody might read it. */
export function plainName(object: ObjectDefinition, { fields }: Pick<StoredRecord, 'fields'>): string | undefined {
  const names = [object.titleField, 'companyName'].filter(name => object.fields[name] && !object.fields[name].sensitive)
  const name = names.map(each => textOf(fields[each])).find(text => text !== undefined)
  if (name === undefined) return undefined
  const letters = [...name]
  return letters.length > nameLength ? `${letters.slice(0, nameLength - 1).join('')}…` : name
}

/** What a verification is called that no task had asked for. */
export function verifiedSubject(locale: Locale, { label }: ObjectDefinition, name: string | undefined): string {
  return locale === 'zh-CN' ? zh.verified(label.zh, name) : en.verified(label.en, name)
}

/** Why a task was canceled whose record is gone. */
export function goneText(locale: Locale): string {
  return (locale === 'zh-CN' ? zh : en).gone
}

type SharedReason = Exclude<AssignmentReason, 'owner'>

const en = {
  subject: (label: string, name: string | undefined) => (name ? `Verify ${label}: ${name}` : `Verify ${label}`),
  verified: (label: string, name: string | undefined) => (name ? `${label} verified: ${name}` : `${label} verified`),
  gone: 'The record was deleted, so there is nothing to verify.',
  never: (label: string, date: string) => `This ${label} was entered on ${date} and has not been verified since.`,
  last: (label: string, date: string) => `This ${label} was last verified on ${date}.`,
  overdue: (days: number) =>
    days === 0 ? 'It is due for verification now.' : `Verification is ${days} ${days === 1 ? 'day' : 'days'} overdue.`,
  check: (fields: string[]) =>
    `Please check ${fields.join(', ')}, correct what is wrong, and complete this task: that marks the record as verified.`,
  reasons: {
    ownerless: 'The record has no owner.',
    ownerLeft: 'The owner of the record has left.',
    ownerMayNot: 'The owner of the record may not change it, or has no tasks.',
  } satisfies Record<SharedReason, string>,
  shared: (reason: string, candidates: number, { name, open }: { name: string; open: number }) => {
    const tasks = `${open} open ${open === 1 ? 'task' : 'tasks'}`
    if (candidates === 1) return `${reason} ${name} (${tasks}) is the only one with room who may change it.`
    return `${reason} Of the ${candidates} people who may change it and have room, ${name} has the least to do (${tasks}).`
  },
}

const zh: typeof en = {
  subject: (label, name) => (name ? `核实${label}：${name}` : `核实${label}`),
  verified: (label, name) => (name ? `已核实${label}：${name}` : `已核实${label}`),
  gone: '该记录已删除，无需核实。',
  never: (label, date) => `该${label}于 ${date} 录入，此后未经核实。`,
  last: (label, date) => `该${label}上次核实时间为 ${date}。`,
  overdue: days => (days === 0 ? '现已到核实期。' : `核实已逾期 ${days} 天。`),
  check: fields => `请核对${fields.join('、')}，更正有误之处，然后完成此任务，该记录即标记为已核实。`,
  reasons: {
    ownerless: '该记录没有负责人。',
    ownerLeft: '该记录的负责人已离职。',
    ownerMayNot: '该记录的负责人无权修改它，或不能接收任务。',
  },
  shared: (reason, candidates, { name, open }) =>
    candidates === 1
      ? `${reason}有权修改且有空档的只有${name}（现有 ${open} 项待办）。`
      : `${reason}在有权修改且有空档的 ${candidates} 人中，${name}待办最少（${open} 项）。`,
}
