/** Writes one JSON line per event to standard output, where Lambda sends it to CloudWatch. */
export type Logger = {
  info(message: string, data?: Record<string, unknown>): void
  warn(message: string, data?: Record<string, unknown>): void
  error(message: string, data?: Record<string, unknown>): void
}

/** A logger whose every line carries these members. */
export function createLogger(members: Record<string, unknown>, write: (line: string) => void = toStdout): Logger {
  const line = (level: string) => (message: string, data?: Record<string, unknown>) =>
    write(JSON.stringify({ time: new Date().toISOString(), level, message, ...members, ...data }, plainErrors))
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

function toStdout(line: string): void {
  process.stdout.write(`${line}\n`)
}

function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
}
