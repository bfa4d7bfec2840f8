import type { Answer } from '#functions/edge/http.ts'

type Headers = Record<string, string>

/** 200 with a body. */
export function ok(json: unknown, headers: Headers = {}): Answer {
  return { status: 200, json, headers }
}

/** 201 with the new thing and where it lives. */
export function created(json: unknown, location: string, headers: Headers = {}): Answer {
  return { status: 201, json, headers: { location, ...headers } }
}

/** 204: done, nothing to say. */
export function noContent(headers: Headers = {}): Answer {
  return { status: 204, headers }
}

/** 304: what the caller has is what there is. */
export function notModified(headers: Headers): Answer {
  return { status: 304, headers }
}
