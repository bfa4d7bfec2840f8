import * as z from 'zod'
import { standingPolicy } from '#schemas/default-policy.ts'
import { isSiteUrl, isWebhookUrl, siteHint, webhookHint } from '#schemas/https-url.ts'
import { isTemplate, templateHint } from '#schemas/mail-template.ts'
import { anObject, line, time, yesOrNo } from '#schemas/settings/parts.ts'

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
export const notifications = z.strictObject(
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
    /** What links in mails begin with, such as where the tenant has its console; without it they are paths of the API. */
    site: line(2000).refine(isSiteUrl, siteHint).optional(),
    /** Every notification is sent there, signed as Standard Webhooks has it. */
    webhook: z.strictObject({ url: line(2000).refine(isWebhookUrl, webhookHint) }, anObject).optional(),
    /** The tenant's own words, by language. */
    templates: z.strictObject({ en: mailTemplate.optional(), zhCN: mailTemplate.optional() }, anObject).prefault({}),
  },
  anObject,
)
