/** The policy of a tenant that has decided nothing; apart from its schema, which most calls then need not load. */
export const standingPolicy = {
  cleanup: {
    enabled: true,
    frequency: 'weekly',
    weekday: 'SUN',
    dayOfMonth: 1,
    // A time that every zone has on every day: clocks are changed between midnight and four.
    time: '04:30',
    fixes: {
      trim: true,
      normalizeWidth: true,
      emailCase: true,
      phoneFormat: true,
      urlScheme: true,
      dropRepeated: true,
    },
    mergeCertain: false,
  },
  quality: {
    threshold: 60,
    verifyEveryDays: { customer: 180, contact: 180 },
    checkMailDomains: false,
    disposableEmails: 'warn',
  },
  retention: { recycleBinDays: 60 },
  refresh: { enabled: true, dueWithinDays: 14, perOwnerPerDay: 20, mostPerRun: 2000 },
  audit: { perOwner: 5 },
  reports: { weekly: true, weekday: 'MON', time: '08:00' },
  // Far enough apart for one to end before the next begins.
  backup: { enabled: true, frequency: 'daily', weekday: 'SUN', time: '04:05', fullEveryDays: 7, retentionDays: 35 },
  restoreDrill: { enabled: true, frequency: 'weekly', weekday: 'SAT', dayOfMonth: 1, time: '05:30' },
  accessLog: {
    indexDays: 400,
    watch: {
      enabled: true,
      massReads: 1000,
      massExports: 5000,
      timesUsual: 5,
      denials: 50,
      outOfHours: false,
      officeFrom: '07:00',
      officeTo: '21:00',
      weekends: false,
    },
  },
  notifications: {
    email: true,
    mailed: {
      reminder: true,
      followUp: false,
      dateReminder: false,
      digest: true,
      weeklyQualityReport: false,
      other: false,
    },
    digest: { enabled: true, time: '08:00' },
    templates: {},
  },
  followUps: { enabled: true, time: '09:00', rules: {}, dates: {} },
  standards: {},
} as const
