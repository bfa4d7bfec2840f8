import type { EngineSettings } from '../engine.ts'
import type { EventEnvelope } from './envelope.ts'
import { compilePattern, type EventPattern } from './event-pattern.ts'
import { type TargetInput, targetInput } from './target-input.ts'

/** A rule on a bus (by name or ARN): events that fit its pattern go to its targets. */
export type Rule = { bus: string; name: string; pattern: EventPattern; targets: Target[] }

/** Where a rule sends events. */
type Target = TargetInput & { arn: string; deadLetterArn?: string | undefined }

/** One event on its way to one target. */
export type Delivery = {
  ruleArn: string
  targetArn: string
  deadLetterArn: string | undefined
  payload: unknown
  event: EventEnvelope
}

type ActiveRule = { rule: Rule; arn: string; fits: (event: unknown) => boolean }

/** The rules of all buses. */
export type Rules = ReturnType<typeof createRules>

/** Keeps rules by bus and name; one added again replaces the old one. */
export function createRules(settings: EngineSettings) {
  const rulesByBus = new Map<string, Map<string, ActiveRule>>()
  return {
    add: (rule: Rule): void => {
      const bus = busName(rule.bus)
      const path = bus === 'default' ? rule.name : `${bus}/${rule.name}`
      const arn = `arn:aws:events:${settings.region}:${settings.accountId}:rule/${path}`
      const rules = rulesByBus.get(bus) ?? new Map<string, ActiveRule>()
      rulesByBus.set(bus, rules.set(rule.name, { rule, arn, fits: compilePattern(rule.pattern) }))
    },
    deliveriesOf: (bus: string, event: EventEnvelope): Delivery[] => {
      const rules = [...(rulesByBus.get(busName(bus))?.values() ?? [])]
      return rules.filter(({ fits }) => fits(event)).flatMap(active => toDeliveries(active, event))
    },
  }
}

/** A bus's name, given its name or its ARN. */
export function busName(bus: string): string {
  return bus.replace(/^arn:.*:event-bus\//, '')
}

function toDeliveries({ rule, arn }: ActiveRule, event: EventEnvelope): Delivery[] {
  return rule.targets.map(target => ({
    ruleArn: arn,
    targetArn: target.arn,
    deadLetterArn: target.deadLetterArn,
    payload: targetInput(target, event, { arn, name: rule.name }),
    event,
  }))
}
