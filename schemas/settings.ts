import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { isTemplate, templateHint } from '#schemas/mail-template.ts'
import { isTimeZone } from '#schemas/tenant.ts'
import { isWebhookUrl, webhookHint } from '#schemas/webhook-url.ts'

/** Changes that a cleanup may make by itself, since they lose no meaning. */
export const fixKinds = ['trim', 'normalizeWidth', 'emailCase', 'phoneFormat', 'urlScheme', 'dropRepeated'] as const

/** Rules that the quality score is made of. */
export const qualityRules = [
  'completeness',
  'emailFormat',
  'emailDisposable',
  'emailDomain',
  'phoneInvalid',
  'freshness',
  'uniqueness',
  'consistency',
  'orphan',
  'standard',
] as const

const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` })
const yesOrNo = (byDefault: boolean) => z.boolean({ error: 'must be true or false' }).default(byDefault)
const line = (max: number) => {
  const error = `must be text of 1 to ${max} characters`
  return z.string({ error }).min(1, { error }).max(max, { error })
}
/** What a member that is no object is told; strangers inside one are told by the border. */
const anObject = {
  error: (issue: { code?: string }) =>
    issue.code === 'invalid_type' ? 'must be an object; null sets everything in it back' : undefined,
}
const time = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:00')
const weekday = () => oneOf(weekdays)
/** The tenant's own zone when absent. */
const zone = () => z.string().refine(isTimeZone, 'must be an IANA time zone such as Asia/Shanghai').optional()
const days = (byDefault: number) => whole(1, 3650).default(byDefault)
/** Names of objects and fields, as the API has them. */
const name = () => z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'must be the camelCase name of an object or field')

const fixes = z.strictObject(
  {
    trim: yesOrNo(standingPolicy.cleanup.fixes.trim),
    normalizeWidth: yesOrNo(standingPolicy.cleanup.fixes.normalizeWidth),
    emailCase: yesOrNo(standingPolicy.cleanup.fixes.emailCase),
    phoneFormat: yesOrNo(standingPolicy.cleanup.fixes.phoneFormat),
    urlScheme: yesOrNo(standingPolicy.cleanup.fixes.urlScheme),
    dropRepeated: yesOrNo(standingPolicy.cleanup.fixes.dropRepeated),
  } satisfies Record<(typeof fixKinds)[number], unknown>,
  anObject,
)

/** When the tenant's data is cleaned, and what a cleanup may do by itself. */
const cleanup = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.cleanup.enabled),
    frequency: oneOf(['daily', 'weekly', 'monthly']).default(standingPolicy.cleanup.frequency),
    /** Used when weekly. */
    weekday: weekday().default(standingPolicy.cleanup.weekday),
    /** Used when monthly; 28: every month has it. */
    dayOfMonth: whole(1, 28).default(standingPolicy.cleanup.dayOfMonth),
    time: time().default(standingPolicy.cleanup.time),
    timeZone: zone(),
    fixes: fixes.prefault({}),
    /** Merge duplicates that are beyond doubt. */
    mergeCertain: yesOrNo(standingPolicy.cleanup.mergeCertain),
  },
  anObject,
)

const quality = z.strictObject(
  {
    /** Records with a lower score count as bad. */
    threshold: whole(0, 100).default(standingPolicy.quality.threshold),
    /** Points that a broken rule takes off 100, where the tenant wants others than the product's. */
    weights: z.partialRecord(oneOf(qualityRules), whole(0, 100)).optional(),
    /** Days after which a record must be verified again, by object; a record's own `verifyEvery` comes first. */
    verifyEveryDays: z
      .strictObject(
        {
          customer: days(standingPolicy.quality.verifyEveryDays.customer),
          contact: days(standingPolicy.quality.verifyEveryDays.contact),
        },
        anObject,
      )
      .prefault({}),
    /** Look up in the DNS whether domains of e-mail addresses take mail. */
    checkMailDomains: yesOrNo(standingPolicy.quality.checkMailDomains),
    disposableEmails: oneOf(['warn', 'ignore']).default(standingPolicy.quality.disposableEmails),
  },
  anObject,
)

const refresh = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.refresh.enabled),
    /** Verification tasks are spread over this many days. */
    dueWithinDays: whole(1, 365).default(standingPolicy.refresh.dueWithinDays),
    perOwnerPerDay: whole(1, 1000).default(standingPolicy.refresh.perOwnerPerDay),
    mostPerRun: whole(1, 100_000).default(standingPolicy.refresh.mostPerRun),
  },
  anObject,
)

const audit = z.strictObject(
  {
    /** Records of an owner that a person looks at each month. */
    perOwner: whole(0, 100).default(standingPolicy.audit.perOwner),
    /** User who looks at them. */
    reviewerId: z
      .string()
      .regex(/^user_[0-7][0-9a-hjkmnp-tv-z]{25}$/, 'must be the id of a user')
      .optional(),
  },
  anObject,
)

const reports = z.strictObject(
  {
    weekly: yesOrNo(standingPolicy.reports.weekly),
    weekday: weekday().default(standingPolicy.reports.weekday),
    time: time().default(standingPolicy.reports.time),
  },
  anObject,
)

/** When backups are made, and how long they are kept. */
const backup = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.backup.enabled),
    frequency: oneOf(['daily', 'weekly']).default(standingPolicy.backup.frequency),
    /** Used when weekly. */
    weekday: weekday().default(standingPolicy.backup.weekday),
    time: time().default(standingPolicy.backup.time),
    timeZone: zone(),
    /** A full backup at least this often; those between hold what changed since the one before. */
    fullEveryDays: whole(1, 31).default(standingPolicy.backup.fullEveryDays),
    retentionDays: whole(7, 3650).default(standingPolicy.backup.retentionDays),
  },
  anObject,
)

/** When backups are proven by restoring one. */
const restoreDrill = z.strictObject(
  {
    enabled: yesOrNo(standingPolicy.restoreDrill.enabled),
    frequency: oneOf(['daily', 'weekly', 'monthly']).default(standingPolicy.restoreDrill.frequency),
    weekday: weekday().default(standingPolicy.restoreDrill.weekday),
    dayOfMonth: whole(1, 28).default(standingPolicy.restoreDrill.dayOfMonth),
    time: time().default(standingPolicy.restoreDrill.time),
    timeZone: zone(),
  },
  anObject,
)

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
const accessLog = z.strictObject(
  {
    indexDays: whole(1, 3650).default(standingPolicy.accessLog.indexDays),
    watch: watch.prefault({}),
  },
  anObject,
)

/** What a value must be for a record to be entered; one that is there already is only refused when it is touched. */
const standard = z.strictObject(
  {
    required: z.literal(true, { error: 'must be true; leave it out where the field may be empty' }).optional(),
    /** Regular expression that the whole value must match, and what to say when it does not. */
    pattern: z
      .strictObject({ regex: line(300), message: line(200) }, { error: 'must be { regex, message }' })
      .optional(),
    /** The only values there may be. */
    allowed: z
      .array(line(200), { error: 'must be a list of texts' })
      .min(1, 'must name at least one value; leave it out to allow all')
      .max(500, 'must name 500 values at most')
      .optional(),
    /** In characters for a text, in entries for a list. */
    minLength: whole(1, 1000).optional(),
  },
  anObject,
)

/** What mail says around a notification. */
const mailTemplate = z.strictObject(
  {
    subject: line(200).refine(isTemplate, templateHint),
    text: z
      .string({ error: 'must be text' })
      .min(1, 'must say something')
      .max(4000, 'must have 4,000 characters at most')
      .refine(isTemplate, templateHint),
  },
  anObject,
)

/** How people are told things beyond the inbox. */
const notifications = z.strictObject(
  {
    /** Mail at all. */
    email: yesOrNo(standingPolicy.notifications.email),
    /** Which kinds of notification are mailed. */
    mailed: z
      .strictObject(
        {
          reminder: yesOrNo(standingPolicy.notifications.mailed.reminder),
          followUp: yesOrNo(standingPolicy.notifications.mailed.followUp),
          dateReminder: yesOrNo(standingPolicy.notifications.mailed.dateReminder),
          digest: yesOrNo(standingPolicy.notifications.mailed.digest),
          weeklyQualityReport: yesOrNo(standingPolicy.notifications.mailed.weeklyQualityReport),
          /** Every other kind. */
          other: yesOrNo(standingPolicy.notifications.mailed.other),
        },
        anObject,
      )
      .prefault({}),
    digest: z
      .strictObject(
        {
          enabled: yesOrNo(standingPolicy.notifications.digest.enabled),
          /** On each user's own clocks. */
          time: time().default(standingPolicy.notifications.digest.time),
        },
        anObject,
      )
      .prefault({}),
    /** Every notification is sent there, signed as Standard Webhooks has it. */
    webhook: z.strictObject({ url: line(2000).refine(isWebhookUrl, webhookHint) }, anObject).optional(),
    /** The tenant's own words, by language. */
    templates: z.strictObject({ en: mailTemplate.optional(), zhCN: mailTemplate.optional() }, anObject).prefault({}),
  },
  anObject,
)

/** What people are reminded of without asking. */
const followUps = z.strictObject(
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

/** What a tenant decides about its own data: the whole policy, every member with a default. */
export const tenantPolicy = z.strictObject(
  {
    cleanup: cleanup.prefault({}),
    quality: quality.prefault({}),
    retention: z.strictObject({ recycleBinDays: days(standingPolicy.retention.recycleBinDays) }, anObject).prefault({}),
    refresh: refresh.prefault({}),
    audit: audit.prefault({}),
    reports: reports.prefault({}),
    backup: backup.prefault({}),
    restoreDrill: restoreDrill.prefault({}),
    accessLog: accessLog.prefault({}),
    notifications: notifications.prefault({}),
    followUps: followUps.prefault({}),
    /** Entry standards: by object, then by field. */
    standards: z.record(name(), z.record(name(), standard, anObject), anObject).default({}),
  },
  anObject,
)

/** What a tenant decides about its own data. */
export type TenantPolicy = z.infer<typeof tenantPolicy>
/** An entry standard for one field. */
export type EntryStandard = z.infer<typeof standard>

/** The policy of a tenant that has decided nothing. */
export const defaultPolicy: TenantPolicy = tenantPolicy.parse({})
