import type { FieldDefinition } from '#schemas/definition.ts'

/** Fields that every job record has: who asked, how far it is, when, and what came of it. */
export const jobFields = {
  ownerId: { type: 'user', label: { en: 'Asked by', zh: '发起人' } },
  startedAt: { type: 'dateTime', label: { en: 'Started at', zh: '开始时间' } },
  endedAt: { type: 'dateTime', label: { en: 'Ended at', zh: '结束时间' } },
  target: { type: 'text', maxLength: 40, label: { en: 'Object', zh: '对象' } },
  counts: { type: 'json', label: { en: 'Counts', zh: '计数' } },
  problem: { type: 'json', label: { en: 'Why it failed', zh: '失败原因' } },
} satisfies Record<string, FieldDefinition>
