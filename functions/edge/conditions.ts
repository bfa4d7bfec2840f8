import { CrmError } from '#lib/errors.ts'

/** Entity tags are strong and name id and version, so the tag of one record never fits another. */
export function etagOf(id: string, version: number): string {
  return `"${id}.${version}"`
}

/** A tag in a condition header. */
type Tag = { isWeak: boolean; id: string; version: number }

/** What `If-Match` or `If-None-Match` asks for. */
export type Condition = '*' | readonly Tag[]

/** Tags separated by commas; some entries may be empty (RFC 9110, 5.6.1 and 8.8.3). */
const listOfTags = /^[\s,]*(W\/)?"[\x21\x23-\x7e\x80-\xff]*"(\s*,\s*((W\/)?"[\x21\x23-\x7e\x80-\xff]*")?)*\s*$/
const oneTag = /(W\/)?"([^"]*)"/g

/**
 * Reads a condition header (RFC 9110, 13.1); `undefined` when it was not sent.
 * @throws CrmError `validation_failed` for tags that are not quoted.
 */
export function parseCondition(name: string, header: string | undefined): Condition | undefined {
  if (header === undefined) return undefined
  if (header.trim() === '*') return '*'
  if (!listOfTags.test(header))
    throw new CrmError('validation_failed', `${name} must be * or a list of quoted entity tags, as ETag gave them.`)
  return [...header.matchAll(oneTag)].flatMap(([, weak, text = '']) => readTag(weak !== undefined, text))
}

/** Versions of one record that `If-Match` accepts: weak tags never match, nor do those of other records. */
export function versionsOf(condition: Condition | undefined, id: string): number[] | undefined {
  if (condition === undefined || condition === '*') return undefined
  return condition.filter(tag => !tag.isWeak && tag.id === id).map(tag => tag.version)
}

/** Whether the caller has this very version: `If-None-Match` compares weak and strong tags alike. */
export function isFresh(condition: Condition | undefined, id: string, version: number): boolean {
  if (condition === undefined) return false
  return condition === '*' || condition.some(tag => tag.id === id && tag.version === version)
}

/**
 * Writes a record on condition of `If-Match`.
 * @param write gets the versions to insist on.
 * @throws CrmError `version_conflict` also for a record that does not exist, when the condition was `*`.
 */
export async function ifMatching<T>(
  { id, ifMatch, ifNoneMatch }: { id: string; ifMatch: string | undefined; ifNoneMatch: string | undefined },
  write: (ifVersions: number[] | undefined) => Promise<T>,
): Promise<T> {
  refuseIfNoneMatch(ifNoneMatch)
  const condition = parseCondition('If-Match', ifMatch)
  try {
    return await write(versionsOf(condition, id))
  } catch (error) {
    const isMissing = error instanceof CrmError && error.code === 'not_found'
    if (condition !== '*' || !isMissing) throw error
    throw new CrmError('version_conflict', 'If-Match: * asks for a record that exists; there is none.', {
      cause: error,
    })
  }
}

/** A condition that is not understood must not be ignored. */
function refuseIfNoneMatch(ifNoneMatch: string | undefined): void {
  if (ifNoneMatch === undefined) return
  throw new CrmError('validation_failed', 'If-None-Match has no meaning for this request; send If-Match.')
}

/** A tag that names no version is none of ours, and never matches; version 0 is of what nobody has written yet (settings). */
function readTag(isWeak: boolean, text: string): Tag[] {
  const dot = text.lastIndexOf('.')
  const version = text.slice(dot + 1)
  return dot > 0 && /^(0|[1-9]\d{0,14})$/.test(version)
    ? [{ isWeak, id: text.slice(0, dot), version: Number(version) }]
    : []
}
