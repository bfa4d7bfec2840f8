import { join } from 'node:path'
import * as z from 'zod'
import type { Resolve } from '../resolve.ts'
import { type Assembly, type Resource, resourcesOf } from '../template.ts'

/** A function of the template with everything needed to run its bundle. */
export type FunctionDefinition = {
  logicalId: string
  name: string
  arn: string
  region: string
  /** Directory of the bundle. */
  directory: string
  /** Module inside the directory and the name that it exports. */
  module: string
  handler: string
  memoryMb: number
  timeoutMs: number
  /** Undefined: no limit of its own. */
  reservedConcurrency: number | undefined
  environment: Record<string, string>
}

const functionProperties = z.object({
  Code: z.object({ S3Key: z.string().optional() }),
  Handler: z.string().default('index.handler'),
  Runtime: z.string().default(''),
  MemorySize: z.number().default(128),
  Timeout: z.number().default(3),
  ReservedConcurrentExecutions: z.number().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).default({ Variables: {} }),
})

/** Reads the Node functions of a template; those of other runtimes or with inline code are left out. */
export function readFunctions(assembly: Assembly, resolve: Resolve): FunctionDefinition[] {
  return resourcesOf(assembly, 'AWS::Lambda::Function').flatMap(resource => readFunction(resource, resolve))
}

function readFunction(resource: Resource, resolve: Resolve): FunctionDefinition[] {
  const { stack, logicalId } = resource
  const properties = functionProperties.parse(resolve(resource.properties, stack))
  const directory = stack.assets.get((properties.Code.S3Key ?? '').replace(/\.zip$/, ''))
  if (directory === undefined || !properties.Runtime.startsWith('nodejs')) return []
  const [module = 'index', handler = 'handler'] = properties.Handler.split('.')
  return [
    {
      logicalId,
      name: String(resolve({ Ref: logicalId }, stack)),
      arn: String(resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] }, stack)),
      region: stack.region,
      directory,
      module: join(directory, `${module}.mjs`),
      handler,
      memoryMb: properties.MemorySize,
      timeoutMs: properties.Timeout * 1000,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      environment: properties.Environment.Variables,
    },
  ]
}
