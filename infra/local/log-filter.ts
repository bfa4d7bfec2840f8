/** Tells whether a line of a log is wanted. */
export type LogFilter = (line: string) => boolean

type Test = (values: Record<string, unknown>) => boolean

/**
 * Compiles CloudWatch's filter pattern for JSON lines, as far as this product uses it: `{ ($.name = "text*") || ... }`.
 * @throws Error for any other pattern, so that none is silently ignored.
 */
export function createLogFilter(pattern: string): LogFilter {
  const inner = /^\{(.*)\}$/s.exec(pattern.trim())?.[1]
  if (inner === undefined) throw unsupported(pattern)
  const tests = inner.split('||').map(part => testOf(part, pattern))
  return line => {
    const values = parsed(line)
    return values !== undefined && tests.some(test => test(values))
  }
}

function testOf(part: string, pattern: string): Test {
  const [, name, text] = /^\s*\(?\s*\$\.(\w+)\s*=\s*"([^"*]*\*?)"\s*\)?\s*$/.exec(part) ?? []
  if (name === undefined || text === undefined) throw unsupported(pattern)
  if (!text.endsWith('*')) return values => values[name] === text
  return values => typeof values[name] === 'string' && String(values[name]).startsWith(text.slice(0, -1))
}

function unsupported(pattern: string): Error {
  return new Error(`The log filter ${pattern} is not understood here: infra/local/log-filter.ts says what is.`)
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
