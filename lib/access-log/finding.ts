/** What can be wrong with a trail. */
export const findingKinds = {
  digestMissing: 'a digest is missing',
  digestUnreadable: 'a digest cannot be read',
  digestName: 'a digest is not the one of its name',
  signature: 'a digest is not what was signed',
  chain: 'a digest is not the one that the next was built on',
  gap: 'hours have no digest',
  anchor: 'a digest is not the one that was anchored outside',
  behind: 'the newest hours have no digest yet',
  logMissing: 'a log file is missing',
  logUnreadable: 'a log file cannot be read',
  logAltered: 'a log file is not what was digested',
  logUnnamed: 'a log file is in no digest',
  stray: 'a file does not belong to the trail',
} as const

/** What is wrong with one file of a trail. */
export type FindingKind = keyof typeof findingKinds

/** One thing that is wrong: with which file, and what, as the end of a sentence that begins with the file. */
export type Finding = { file: string; kind: FindingKind; what: string }
