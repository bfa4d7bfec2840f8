import { createHash } from 'node:crypto'
import { invalidCursor } from '#lib/errors.ts'

/** Makes a position opaque and binds it to the query it belongs to (`query`: anything that identifies it). */
export function encodeCursor(query: unknown, position: Record<string, string>): string {
  return Buffer.from(JSON.stringify({ q: fingerprint(query, position), p: position })).toString('base64url')
}

/**
 * The position in a cursor. It only says where in the caller's own query to go on, so a forged one could show nothing
 * that the query does not; it is refused all the same.
 * @throws CrmError `invalid_cursor` when it was not made for this query.
 */
export function decodeCursor(query: unknown, cursor: string): Record<string, string> {
  const { q, p } = parse(cursor)
  if (!isPosition(p) || q !== fingerprint(query, p)) throw invalidCursor()
  return p
}

function parse(cursor: string): { q?: unknown; p?: unknown } {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function isPosition(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every(part => typeof part === 'string')
}

function fingerprint(query: unknown, position: Record<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([query, position]))
    .digest('base64url')
    .slice(0, 16)
}
