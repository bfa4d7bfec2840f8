import { join } from 'node:path'
import * as z from 'zod'
import { type Context, needs, type Service } from '../context.ts'
import { startEventBridge } from '../engines/eventbridge/start-eventbridge.ts'
import { resourcesOf } from '../template.ts'

const ruleProperties = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z
    .array(
      z.object({
        Arn: z.string(),
        Input: z.string().optional(),
        InputPath: z.string().optional(),
        InputTransformer: z
          .object({ InputPathsMap: z.record(z.string(), z.string()).optional(), InputTemplate: z.string() })
          .optional(),
        DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
      }),
    )
    .default([]),
})

type TargetProperties = z.infer<typeof ruleProperties>['Targets'][number]

/** EventBridge with the template's rules. */
export const eventbridge: Service = {
  name: 'eventbridge',
  start: async context => {
    const { dataDir, assembly, resolve, authorize } = context
    const engine = await startEventBridge({
      dir: join(dataDir, 'eventbridge'),
      region: assembly.region,
      authorize,
      deliver: (targetArn, event, attributes) => deliver(context, { targetArn, event, attributes: attributes ?? {} }),
    })
    context.started.eventbridge = engine
    context.endpoints['eventbridge'] = engine.url
    for (const { logicalId, stack, properties } of resourcesOf(assembly, 'AWS::Events::Rule')) {
      const { EventBusName, EventPattern, State, Targets } = ruleProperties.parse(resolve(properties, stack))
      if (EventPattern === undefined || State === 'DISABLED') continue
      const name = String(resolve({ Ref: logicalId }, stack))
      engine.addRule({ bus: EventBusName, name, pattern: EventPattern, targets: Targets.map(toTarget) })
    }
    return engine.stop
  },
}

function toTarget({ Arn, Input, InputPath, InputTransformer, DeadLetterConfig }: TargetProperties) {
  return {
    arn: Arn,
    input: Input,
    inputPath: InputPath,
    inputTransformer: InputTransformer && {
      inputPathsMap: InputTransformer.InputPathsMap,
      inputTemplate: InputTransformer.InputTemplate,
    },
    deadLetterArn: DeadLetterConfig?.Arn,
  }
}

async function deliver(
  context: Context,
  { targetArn, event, attributes }: { targetArn: string; event: unknown; attributes: Record<string, string> },
): Promise<void> {
  const service = targetArn.split(':')[2]
  if (service === 'sqs') {
    const named = Object.entries(attributes).map(([name, text]) => [name, { DataType: 'String', StringValue: text }])
    const message = { body: JSON.stringify(event), attributes: Object.fromEntries(named) }
    needs(context, 'sqs').send(targetArn, [message])
    return
  }
  if (service !== 'lambda') throw new Error(`No local EventBridge target for ${targetArn}`)
  const functions = needs(context, 'functions')
  const outcome = await functions.invoke(functions.find(targetArn), event)
  if (!outcome.ok) throw new Error(`${outcome.errorType}: ${outcome.errorMessage}`)
}
