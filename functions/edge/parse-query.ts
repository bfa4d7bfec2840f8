import { CrmError, invalidAt } from '#lib/errors.ts'

/**
 * Reads a query string into its parameters, each given once.
 * @throws CrmError `validation_failed` for a repeated parameter or a broken percent-encoding.
 */
export function parseQuery(rawQueryString: string | undefined): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null)
  if (!rawQueryString) return parameters
  for (const part of rawQueryString.split('&')) {
    if (part === '') continue
    const [name, value] = splitOnce(part)
    if (name in parameters) throw invalidAt(`?${name}`, 'repeated', `The parameter ${name} may be given only once.`)
    parameters[name] = value
  }
  return parameters
}

function splitOnce(part: string): [string, string] {
  const equals = part.indexOf('=')
  return equals < 0 ? [decoded(part), ''] : [decoded(part.slice(0, equals)), decoded(part.slice(equals + 1))]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    const detail = `The query string has a broken percent-encoding in "${text.slice(0, 40)}".`
    throw new CrmError('validation_failed', detail, { cause })
  }
}
