import * as z from 'zod'
import { isRecord } from './value-test.ts'

/** One entry of PutEvents; what is missing is that entry's error, not the call's. */
export const putEntry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  EventBusName: z.string().default('default'),
  /** Seconds since 1970. */
  Time: z.number().optional(),
})

export type PutEntry = z.output<typeof putEntry>

/** Why one entry is refused. */
export type EntryProblem = { ErrorCode: string; ErrorMessage: string }

/** The entry's detail, or what is wrong with the entry. */
export function checkEntry(entry: PutEntry): { detail: Record<string, unknown> } | { problem: EntryProblem } {
  const missing = missingArgument(entry)
  if (missing !== undefined) {
    return refuse('InvalidArgument', `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`)
  }
  if (entry.Source?.startsWith('aws.') === true) {
    return refuse('NotAuthorizedForSourceException', `Not authorized for the source ${entry.Source}.`)
  }
  const detail = parseDetail(entry.Detail ?? '')
  return detail === undefined ? refuse('MalformedDetail', 'Detail is malformed.') : { detail }
}

/** Bytes that an entry counts for: 14 for a time, and the texts in UTF-8. */
export function entrySize(entry: PutEntry): number {
  const texts = [entry.Source ?? '', entry.DetailType ?? '', entry.Detail ?? '', ...(entry.Resources ?? [])]
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), entry.Time === undefined ? 0 : 14)
}

function missingArgument(entry: PutEntry): string | undefined {
  if (!entry.Source) return 'Source'
  if (!entry.DetailType) return 'DetailType'
  return entry.Detail ? undefined : 'Detail'
}

function parseDetail(text: string): Record<string, unknown> | undefined {
  try {
    const detail: unknown = JSON.parse(text)
    return isRecord(detail) ? detail : undefined
  } catch {
    return undefined
  }
}

function refuse(ErrorCode: string, ErrorMessage: string): { problem: EntryProblem } {
  return { problem: { ErrorCode, ErrorMessage } }
}
