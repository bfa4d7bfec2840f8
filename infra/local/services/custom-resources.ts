import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type Context, needs, type Service } from '../context.ts'
import { drain } from '../drain.ts'
import { type Resource, resourcesOf } from '../template.ts'

const answerShape = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().optional(),
})

const knownShape = z.record(z.string(), z.object({ physicalId: z.string(), properties: z.unknown() }))

/** A backlog from before a kill may take longer: it goes on in the background. */
const longestDrainMs = 10_000

type Known = z.infer<typeof knownShape>

/**
 * Runs the template's own custom resources at every start, as CloudFormation does at every deployment that changes them:
 * Create the first time, Update from then on. They have to be idempotent on AWS too.
 */
export const customResources: Service = {
  name: 'custom resources',
  start: async context => {
    const file = join(context.dataDir, 'custom-resources.json')
    const known = readKnown(file)
    for (const resource of resourcesOf(context.assembly, 'Custom::SeedTenant')) {
      known[resource.logicalId] = await apply(resource, known[resource.logicalId], context)
      writeFileSync(file, JSON.stringify(known, null, 2))
    }
    // Seeded users can sign in once the reactions to their records have run.
    await drain(context, { signal: AbortSignal.timeout(longestDrainMs) })
    return async () => {}
  },
}

async function apply(resource: Resource, earlier: Known[string] | undefined, context: Context): Promise<Known[string]> {
  const functions = needs(context, 'functions')
  const properties = z
    .looseObject({ ServiceToken: z.string() })
    .parse(asText(context.resolve(resource.properties, resource.stack)))
  const put = needs(context, 'admin').awaitPut()
  const event = {
    RequestType: earlier ? 'Update' : 'Create',
    ServiceToken: properties.ServiceToken,
    ResponseURL: put.url,
    StackId: String(context.resolve({ Ref: 'AWS::StackId' }, resource.stack)),
    RequestId: randomUUID(),
    ResourceType: resource.type,
    LogicalResourceId: resource.logicalId,
    ResourceProperties: properties,
    ...(earlier ? { PhysicalResourceId: earlier.physicalId, OldResourceProperties: earlier.properties } : {}),
  }
  const call = functions.invoke(functions.find(properties.ServiceToken), event).then(outcome => {
    if (!outcome.ok) put.cancel(new Error(`${outcome.errorType}: ${outcome.errorMessage}`))
    if (outcome.ok) setTimeout(put.cancel, lateAnswerMs, new Error('the function ended without answering')).unref()
  })
  const [body] = await Promise.all([put.body, call]).catch(error => {
    throw new Error(`${resource.logicalId} (${resource.type}) failed: ${error.message}`, { cause: error })
  })
  const { Status, Reason, PhysicalResourceId } = answerShape.parse(body)
  if (Status === 'FAILED')
    throw new Error(`${resource.logicalId} (${resource.type}) failed: ${Reason ?? 'no reason given'}`)
  return { physicalId: PhysicalResourceId ?? resource.logicalId, properties }
}

/** How long an answer may come after its function has returned. */
const lateAnswerMs = 1000

/** CloudFormation hands numbers and booleans to custom resources as text. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText)
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : String(value)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asText(inner)]))
}

function readKnown(file: string): Known {
  try {
    return knownShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Missing, or cut short by a kill: the resources are applied as new ones, which is always safe.
    return {}
  }
}
