import * as z from 'zod'

/** Part of a tenant file that its functions need at run time; reaches them as the `TENANT` variable. */
export const tenantSettings = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,20}$/, 'lower-case letters, digits and hyphens, 2 to 21 long'),
  /** Region that phone numbers without a country code belong to (ISO 3166-1 alpha-2). */
  phoneRegion: z.string().regex(/^[A-Z]{2}$/),
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as Asia/Shanghai'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  locale: z.enum(['en', 'zh-CN']),
  /** Partitions each object's list is spread over: raise it when one object takes more than about 1,000 writes a second. */
  listShards: z.int().min(1).max(64),
  /** How backups go about it; only where waiting as AWS wants it makes no sense, as on a laptop. */
  backupPace: z
    .strictObject({
      /** DynamoDB exports the changes of no less than 15 minutes; a backup sooner after the one before is full. */
      incrementalFromMinutes: z.int().min(0).default(15),
      /** Between two looks at an export, import or copy. */
      pollSeconds: z.int().min(1).max(300).default(20),
    })
    .optional(),
})

/** Settings that every function of a tenant reads. */
export type TenantSettings = z.infer<typeof tenantSettings>

const seedUser = z.strictObject({
  email: z.email(),
  name: z.string().min(1),
  role: z.string().min(1),
  team: z.string().min(1).optional(),
})

/** One file in infra/tenants: everything that differs between two deployments. */
export const tenantFile = tenantSettings.extend({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  secondRegion: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  alarmEmail: z.email(),
  /** Who mail comes from. Its domain is proven to SES by the DNS records that the data stack puts out. */
  mail: z.strictObject({
    from: z.email(),
    /** Shown in front of the address, such as the company's name. */
    name: z
      .string()
      .regex(/^[^\p{C}"<>\\]{1,60}$/u, 'one line of 1 to 60 characters without quotation marks and angle brackets')
      .default('Evergreen CRM'),
  }),
  /** Throw-away tenants (local, test) have no deletion protection and are removed with their stacks. */
  disposable: z.boolean().default(false),
  corsOrigins: z.array(z.url()).default([]),
  mfa: z.enum(['off', 'optional', 'required']).default('optional'),
  logRetentionDays: z.literal([1, 7, 14, 30, 60, 90, 180, 365, 731]).default(90),
  /** Backups cannot be deleted for this long: by nobody (`compliance`), or only with a permission that nobody has by default. */
  backupLock: z
    .strictObject({ mode: z.enum(['governance', 'compliance']), days: z.int().min(1).max(3650) })
    .default({ mode: 'governance', days: 35 }),
  /**
   * The table of records was made of this backup, which `npm run prepare-restore` has made ready: `<vault bucket>/<backup id>`. It
   * stays for good once it is deployed: CloudFormation makes a new, empty table when it changes.
   */
  restoreFrom: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{2,62}\/bkp_[0-7][0-9a-hjkmnp-tv-z]{25}$/,
      'a vault bucket, a slash and the id of a backup',
    )
    .optional(),
  /** Log files and digests cannot be deleted for this long. */
  accessLogLock: z
    .strictObject({ mode: z.enum(['governance', 'compliance']), days: z.int().min(1).max(3650) })
    .default({ mode: 'governance', days: 400 }),
  throttle: z.strictObject({ ratePerSecond: z.int().min(1), burst: z.int().min(1) }),
  users: z.array(seedUser).min(1),
  integrations: z.array(z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]*$/) })).default([]),
})

/** A validated tenant file. */
export type TenantFile = z.infer<typeof tenantFile>

/** Whether a text names a time zone of the IANA database, by its present name or an older one, spelled as there; an offset is none. */
export function isTimeZone(zone: string): boolean {
  // Intl alone would take any case, and AWS might not.
  return /^(UTC|[A-Z][A-Za-z_-]+(\/[A-Z][A-Za-z0-9_+-]+)+)$/.test(zone) && isKnown(zone)
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }) !== undefined
  } catch {
    return false
  }
}
