import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { anObject, line, name, oneOf, time, whole, yesOrNo } from '#schemas/settings/parts.ts'

/** What people are reminded of without asking. */
export const followUps = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.followUps.enabled),
    /** When they are told, on each user's own clocks. */
    time: time().default(standingPolicy.followUps.time),
    /** Records without a done activity for so many days: `{"A customers": {"object": "customer", "condition": "record.tier == \"A\"", "noActivityDays": 14}}`. */
    rules: z
      .record(
        line(60),
        z.strictObject(
          { object: oneOf(['customer', 'contact']), condition: line(1000).optional(), noActivityDays: whole(1, 3650) },
          anObject,
        ),
        anObject,
      )
      .default({}),
    /** Days before a date of a record: birthdays, ends of contracts. */
    dates: z
      .record(
        line(60),
        z.strictObject(
          {
            object: name(),
            field: name(),
            daysBefore: whole(0, 365),
            yearly: z.boolean({ error: 'must be true or false' }).default(false),
            condition: line(1000).optional(),
          },
          anObject,
        ),
        anObject,
      )
      .default({}),
  },
  anObject,
)
