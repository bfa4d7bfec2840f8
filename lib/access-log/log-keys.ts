/** Whose trail it is: the AWS account (12 digits) and region that write it, as CloudTrail names them in every key. */
export type Trail = { account: string; region: string }

/** What the key of a log file says. */
export type LogFileName = Trail & {
  /** When it was delivered, to the minute. */
  deliveredAt: Date
  /** 16 letters and digits that keep two files of a minute apart. */
  unique: string
}

/** What the key of a digest says. */
export type DigestName = Trail & {
  trailName: string
  /** End of the time it covers, to the second. */
  endTime: Date
}

/** Name of the CRM's trail, part of every digest's key. */
export const trailName = 'crm'

type Kind = 'CloudTrail' | 'CloudTrail-Digest'

/**
 * Key of a log file in CloudTrail's layout:
 * `AWSLogs/<account>/CloudTrail/<region>/<yyyy>/<mm>/<dd>/<account>_CloudTrail_<region>_<yyyymmdd>T<hhmm>Z_<unique>.json.gz`
 */
export function logFileKey({ account, region, deliveredAt, unique }: LogFileName): string {
  const minute = `${compact(deliveredAt).slice(0, 13)}Z`
  return `${dayPrefix('CloudTrail', { account, region }, deliveredAt)}${account}_CloudTrail_${region}_${minute}_${unique}.json.gz`
}

/**
 * Key of a digest in CloudTrail's layout; its home region is the region it tells of:
 * `AWSLogs/<account>/CloudTrail-Digest/<region>/<yyyy>/<mm>/<dd>/<account>_CloudTrail-Digest_<region>_<trail>_<region>_<end>.json.gz`
 */
export function digestKey({ account, region }: Trail, endTime: Date): string {
  const file = `${account}_CloudTrail-Digest_${region}_${trailName}_${region}_${compact(endTime)}.json.gz`
  return `${dayPrefix('CloudTrail-Digest', { account, region }, endTime)}${file}`
}

/** What the keys of a trail's files begin with, log files or digests; those of one day (UTC) where a day is given. */
export function trailPrefix(kind: 'logs' | 'digests', { account, region }: Trail, day?: Date): string {
  const folder = kind === 'logs' ? 'CloudTrail' : 'CloudTrail-Digest'
  return day ? dayPrefix(folder, { account, region }, day) : `AWSLogs/${account}/${folder}/${region}/`
}

/** Reads the key of a log file; undefined when it is none, or when its parts contradict each other. */
export function parseLogFileKey(key: string): LogFileName | undefined {
  const found = logPattern.exec(key)?.groups
  if (!found) return undefined
  const { account = '', region = '', time = '', unique = '' } = found
  const deliveredAt = timeOf(`${time.slice(0, -1)}00Z`)
  if (!deliveredAt || !isOfDay(found, deliveredAt)) return undefined
  return { account, region, deliveredAt, unique }
}

/** Reads the key of a digest; undefined when it is none, or when its parts contradict each other. */
export function parseDigestKey(key: string): DigestName | undefined {
  const found = digestPattern.exec(key)?.groups
  if (!found) return undefined
  const { account = '', region = '', trail = '', time = '' } = found
  const endTime = timeOf(time)
  if (!endTime || !isOfDay(found, endTime)) return undefined
  return { account, region, trailName: trail, endTime }
}

// The account and region in a file's name are those of its folder: \k<...>. S3 allows a prefix before AWSLogs, as CloudTrail does.
const folder = (kind: Kind) =>
  `^(?:.+/)?AWSLogs/(?<account>\\d{12})/${kind}/(?<region>[a-z0-9-]+)/(?<day>\\d{4}/\\d{2}/\\d{2})/\\k<account>_${kind}_\\k<region>`
const logPattern = new RegExp(`${folder('CloudTrail')}_(?<time>\\d{8}T\\d{4}Z)_(?<unique>[A-Za-z0-9]{16})\\.json\\.gz$`)
const digestPattern = new RegExp(
  `${folder('CloudTrail-Digest')}_(?<trail>[A-Za-z0-9._-]+)_[a-z0-9-]+_(?<time>\\d{8}T\\d{6}Z)\\.json\\.gz$`,
)

function dayPrefix(kind: Kind, { account, region }: Trail, day: Date): string {
  return `AWSLogs/${account}/${kind}/${region}/${day.toISOString().slice(0, 10).replaceAll('-', '/')}/`
}

/** As in `20240601T110000Z`. */
function compact(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

function timeOf(text: string): Date | undefined {
  const iso = text.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z')
  const time = new Date(iso)
  // What is no date (31 February) is either refused or moved by Date: it then reads differently.
  return !Number.isNaN(time.getTime()) && compact(time) === text ? time : undefined
}

function isOfDay({ day }: Record<string, string | undefined>, time: Date): boolean {
  return day === time.toISOString().slice(0, 10).replaceAll('-', '/')
}
