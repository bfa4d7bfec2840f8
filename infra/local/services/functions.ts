import { join } from 'node:path'
import { type Context, needs, type Service } from '../context.ts'
import { type FunctionDefinition, readFunctions } from '../lambda/definition.ts'
import { createFunctions } from '../lambda/functions.ts'

/** Lambda with the template's functions. */
export const functions: Service = {
  name: 'functions',
  start: async context => {
    const logDirectory = join(context.dataDir, 'logs')
    const running = createFunctions(readFunctions(context.assembly, context.resolve), {
      logDirectory,
      environment: definition => lambdaEnvironment(definition, context),
      onFailure: ({ name }, { errorType, errorMessage }) =>
        context.log(`${name} failed: ${errorType}: ${errorMessage} (${join(logDirectory, name)}.log)`),
    })
    context.started.functions = running
    return running.stop
  },
}

/** What Lambda sets itself, and where the local engines are: all that the AWS SDK needs to find them. */
function lambdaEnvironment(definition: FunctionDefinition, context: Context): Record<string, string> {
  const endpoints = Object.entries(context.endpoints).map(
    ([service, url]) => [`AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll('-', '_')}`, url] as const,
  )
  return {
    ...Object.fromEntries(endpoints),
    // Any other service: refused here, never asked for on AWS.
    AWS_ENDPOINT_URL: needs(context, 'admin').url,
    AWS_ACCESS_KEY_ID: definition.logicalId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: definition.region,
    AWS_DEFAULT_REGION: definition.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    LAMBDA_TASK_ROOT: definition.directory,
    // Of no use on AWS, where no template sets it: a webhook of a person's own machine.
    WEBHOOK_LOOPBACK: 'allowed',
    TZ: ':UTC',
  }
}
