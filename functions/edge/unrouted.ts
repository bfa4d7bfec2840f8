import { CrmError } from '#lib/errors.ts'
import { routes } from '#schemas/api/routes.ts'

/**
 * Why no operation fits a request.
 * @returns CrmError `method_not_allowed` naming the methods the path has, or `not_found`.
 */
export function unrouted(method: string, path: string): CrmError {
  const steps = path.split('/')
  const fitting = routes.filter(route => fits(route.path.split('/'), steps))
  // The gateway prefers the path with fewer parameters, and so do we: /v1/search before /v1/{object}.
  const fewest = Math.min(...fitting.map(route => parametersIn(route.path)))
  const allow = fitting.filter(route => parametersIn(route.path) === fewest).map(route => route.method)
  if (allow.length === 0 || allow.some(allowed => allowed === method))
    return new CrmError('not_found', `There is nothing at ${path.slice(0, 200)}. The API is described at /docs.`)
  return new CrmError('method_not_allowed', `${method} is not possible here; ${allow.join(', ')} is.`, {
    members: { allow },
  })
}

function fits(pattern: readonly string[], steps: readonly string[]): boolean {
  if (pattern.length !== steps.length) return false
  return pattern.every((part, i) => (part.startsWith('{') ? steps[i] !== '' : part === steps[i]))
}

function parametersIn(path: string): number {
  return path.split('{').length - 1
}
