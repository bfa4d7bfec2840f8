import type { EventEnvelope } from './envelope.ts'
import { readJsonPath } from './json-path.ts'

/** How a rule's target shapes what it receives; the whole event when nothing is said. */
export type TargetInput = {
  /** JSON text sent instead of the event. */
  input?: string | undefined
  /** JSON path of the part of the event to send. */
  inputPath?: string | undefined
  inputTransformer?: InputTransformer | undefined
}

/** A template with `<name>` placeholders and the JSON paths that fill them. */
type InputTransformer = { inputPathsMap?: Record<string, string> | undefined; inputTemplate: string }

/** What a target receives of an event. */
export function targetInput(target: TargetInput, event: EventEnvelope, rule: { arn: string; name: string }): unknown {
  if (target.input !== undefined) return JSON.parse(target.input)
  if (target.inputPath !== undefined) return readJsonPath(target.inputPath, event)
  if (target.inputTransformer === undefined) return event
  return transform(target.inputTransformer, event, rule)
}

function transform(transformer: InputTransformer, event: EventEnvelope, rule: { arn: string; name: string }): unknown {
  const values = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', { ...event, detail: undefined }],
    ['aws.events.event.json', event],
    ...Object.entries(transformer.inputPathsMap ?? {}).map(
      ([name, path]) => [name, readJsonPath(path, event)] satisfies [string, unknown],
    ),
  ])
  return parseOrText(fillTemplate(transformer.inputTemplate, values))
}

/** Inside quotes a placeholder is replaced by text, elsewhere by JSON; what has no value becomes "" there and null here. */
function fillTemplate(template: string, values: Map<string, unknown>): string {
  return template.replace(/"(?:[^"\\]|\\.)*"|<([\w.-]+)>/g, (part: string, name: string | undefined) => {
    if (name !== undefined) return values.has(name) ? JSON.stringify(values.get(name) ?? null) : part
    return part.replace(/<([\w.-]+)>/g, (placeholder, quoted: string) =>
      values.has(quoted) ? escapeInQuotes(values.get(quoted)) : placeholder,
    )
  })
}

function escapeInQuotes(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '')
  return JSON.stringify(text).slice(1, -1)
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
