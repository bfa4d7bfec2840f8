import * as z from 'zod'
import { isTimeZone } from '#schemas/tenant.ts'

const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const

/** A whole number between two others, both included. */
export const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}
/** One of some words. */
export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` })
/** True or false. */
export const yesOrNo = (byDefault: boolean) => z.boolean({ error: 'must be true or false' }).default(byDefault)
/** A text that is not empty. */
export const line = (max: number) => {
  const error = `must be text of 1 to ${max} characters`
  return z.string({ error }).min(1, { error }).max(max, { error })
}
/** What a member that is no object is told; strangers inside one are told by the border. */
export const anObject = {
  error: (issue: { code?: string }) =>
    issue.code === 'invalid_type' ? 'must be an object; null sets everything in it back' : undefined,
}
/** A time of day, HH:MM. */
export const time = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:00')
/** A day of the week, as cron has it. */
export const weekday = () => oneOf(weekdays)
/** The tenant's own zone when absent. */
export const zone = () => z.string().refine(isTimeZone, 'must be an IANA time zone such as Asia/Shanghai').optional()
/** A number of days, ten years at most. */
export const days = (byDefault: number) => whole(1, 3650).default(byDefault)
/** Names of objects and fields, as the API has them. */
export const name = () =>
  z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'must be the camelCase name of an object or field')
