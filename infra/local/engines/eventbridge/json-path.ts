import { AwsError } from '../aws-error.ts'
import { isRecord } from './value-test.ts'

/** Reads `$.detail.items[0].name` or `$['detail-type']` from a JSON value; undefined when there is nothing. */
export function readJsonPath(path: string, value: unknown): unknown {
  return steps(path).reduce(readStep, value)
}

function steps(path: string): string[] {
  const step = /\.([^.[\]]+)|\['([^']+)'\]|\[(\d+)\]/y
  const found: string[] = []
  step.lastIndex = 1
  while (path.startsWith('$') && step.lastIndex < path.length) {
    const match = step.exec(path)
    if (match === null) break
    found.push(match[1] ?? match[2] ?? match[3] ?? '')
    if (step.lastIndex === path.length) return found
  }
  if (path === '$') return []
  throw new AwsError('ValidationException', `${path} is no JSON path such as $.detail.id`)
}

function readStep(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return value[Number(step)]
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined
}
