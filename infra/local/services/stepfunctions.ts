import { join } from 'node:path'
import * as z from 'zod'
import { type Context, needs, type Service } from '../context.ts'
import { startStepFunctions } from '../engines/stepfunctions/start-stepfunctions.ts'
import { resourcesOf } from '../template.ts'

const machineProperties = z.object({
  DefinitionString: z.string(),
  RoleArn: z.string(),
  EncryptionConfiguration: z.object({ KmsKeyId: z.string().optional() }).default({}),
})

/** Step Functions with the template's state machines; what an earlier process was interrupted in waits for `workflows`. */
export const stepfunctions: Service = {
  name: 'step functions',
  start: async context => {
    const { dataDir, assembly, authorize, log } = context
    const engine = await startStepFunctions({
      dir: join(dataDir, 'stepfunctions'),
      region: assembly.region,
      authorize,
      log,
      invoke: (nameOrArn, payload) => invoke(context, nameOrArn, payload),
      callDynamoDb: (operation, input, caller) => needs(context, 'dynamodb').transfers.call(operation, input, caller),
    })
    context.started.stepfunctions = engine
    context.endpoints['sfn'] = engine.url
    for (const { logicalId, stack, properties } of resourcesOf(assembly, 'AWS::StepFunctions::StateMachine')) {
      const { DefinitionString, RoleArn, EncryptionConfiguration } = machineProperties.parse(
        context.resolve(properties, stack),
      )
      engine.addStateMachine({
        arn: String(context.resolve({ Ref: logicalId }, stack)),
        name: String(context.resolve({ 'Fn::GetAtt': [logicalId, 'Name'] }, stack)),
        roleArn: RoleArn,
        principal: logicalId,
        keyArn: EncryptionConfiguration.KmsKeyId,
        definition: DefinitionString,
      })
    }
    return engine.stop
  },
}

/** Lets interrupted executions go on, once everything that their steps use runs; ends before that does. */
export const workflows: Service = {
  name: 'workflows',
  start: async context => {
    const engine = needs(context, 'stepfunctions')
    engine.resume()
    return engine.interrupt
  },
}

async function invoke(context: Context, nameOrArn: string, payload: unknown) {
  const functions = needs(context, 'functions')
  return functions.invoke(functions.find(nameOrArn), payload)
}
