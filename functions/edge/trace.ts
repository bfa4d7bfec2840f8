/** Version, trace id, parent id and flags; ids of zeros are invalid, and so is version ff (W3C Trace Context 3.2). */
const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/

/** The trace id of a valid W3C `traceparent`. */
export function traceIdOf(header: string | undefined): string | undefined {
  const [, version, traceId, rest] = (header && traceparent.exec(header)) || []
  // Only versions after 00 may have more parts.
  return version === '00' && rest ? undefined : traceId
}
