import { consumeRecords } from '#functions/edge/consumer.ts'

/** The planted mistake: one notification in 32 is never sent on. */
export const handler = consumeRecords(async ids => ids.filter(id => id.endsWith('0')))
