import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { anObject, time, whole, yesOrNo } from '#schemas/settings/parts.ts'

/** What counts as unusual access, within an hour of somebody. */
const watch = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.accessLog.watch.enabled),
    /** Customers and contacts shown, and exported: fewer are never unusual. */
    massReads: whole(1, 1_000_000).default(standingPolicy.accessLog.watch.massReads),
    massExports: whole(1, 10_000_000).default(standingPolicy.accessLog.watch.massExports),
    /** So many times what is usual for them. */
    timesUsual: whole(1, 1000).default(standingPolicy.accessLog.watch.timesUsual),
    /** Refused requests. */
    denials: whole(1, 100_000).default(standingPolicy.accessLog.watch.denials),
    /** Tell of people at records outside these hours. */
    outOfHours: yesOrNo(standingPolicy.accessLog.watch.outOfHours),
    officeFrom: time().default(standingPolicy.accessLog.watch.officeFrom),
    officeTo: time().default(standingPolicy.accessLog.watch.officeTo),
    /** Saturday and Sunday are work days. */
    weekends: yesOrNo(standingPolicy.accessLog.watch.weekends),
    /** Header in which whatever stands before the API tells the caller's country; only where callers cannot set it themselves. */
    countryHeader: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,60}$/, 'must be the name of a header in lower case, such as cloudfront-viewer-country')
      .optional(),
  },
  anObject,
)

/** How long accesses can be asked for (log files are kept for as long as the bucket locks them), and what is unusual. */
export const accessLog = z.strictObject(
  {
    indexDays: whole(1, 3650).default(standingPolicy.accessLog.indexDays),
    watch: watch.prefault({}),
  },
  anObject,
)
