import * as z from 'zod'
import { type Context, needs } from './context.ts'
import type { TableDefinition } from './dynamodb/tables.ts'
import type { FunctionDefinition } from './lambda/definition.ts'
import type { QueueSourceDefinition } from './queues/queue-source.ts'
import type { StreamSourceDefinition } from './streams/stream-source.ts'
import { resourcesOf } from './template.ts'

const mappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.number().optional(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  StartingPosition: z.string().default('TRIM_HORIZON'),
  ParallelizationFactor: z.number().default(1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.number().default(-1),
  MaximumRecordAgeInSeconds: z.number().default(-1),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: z
    .object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) })
    .default({ Filters: [] }),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).default({}),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().optional() }).default({}),
})

/** An event source mapping of the template, its names resolved. */
export type Mapping = z.infer<typeof mappingProperties> & {
  id: string
  region: string
  service: 'sqs' | 'dynamodb'
  target: FunctionDefinition
}

/** AWS polls a queue with five batches at a time until it scales. */
const defaultConcurrency = 5

/** 3 s: long enough to be renewed in time on a busy laptop. */
const holdS = 3

/** 24 hours: what a stream keeps, so no record can be older. */
const longestAgeS = 24 * 60 * 60

const firstBackoffMs = 100
const longestBackoffMs = 10_000

/** Reads the enabled mappings; throws for a kind of source that has no local counterpart. */
export function readMappings(context: Context): Mapping[] {
  return resourcesOf(context.assembly, 'AWS::Lambda::EventSourceMapping')
    .map(resource => ({
      resource,
      properties: mappingProperties.parse(context.resolve(resource.properties, resource.stack)),
    }))
    .filter(({ properties }) => properties.Enabled)
    .map(({ resource, properties }) => ({
      ...properties,
      id: resource.logicalId,
      region: resource.stack.region,
      service: serviceOf(properties.EventSourceArn),
      target: needs(context, 'functions').find(properties.FunctionName),
    }))
}

/** The mapping as a queue source. */
export function queueSourceOf(mapping: Mapping): QueueSourceDefinition {
  return {
    ...common(mapping),
    queueArn: mapping.EventSourceArn,
    batchSize: mapping.BatchSize ?? 10,
    holdS,
    concurrency: mapping.ScalingConfig.MaximumConcurrency ?? defaultConcurrency,
    reportsItemFailures: reportsItemFailures(mapping),
  }
}

/** The mapping as a stream source, with its table and the queue for what it gives up on. */
export function streamSourceOf(
  mapping: Mapping,
  tables: readonly TableDefinition[],
): StreamSourceDefinition & { table: TableDefinition; destinationArn: string | undefined } {
  const table = tables.find(({ streamArn }) => streamArn === mapping.EventSourceArn)
  if (!table) throw new Error(`${mapping.id} reads ${mapping.EventSourceArn}, which is no table's stream`)
  return {
    ...common(mapping),
    table,
    destinationArn: mapping.DestinationConfig.OnFailure?.Destination,
    streamArn: mapping.EventSourceArn,
    viewType: table.StreamSpecification?.StreamViewType ?? 'NEW_AND_OLD_IMAGES',
    keyNames: table.KeySchema.map(({ AttributeName }) => AttributeName),
    startsAtEnd: mapping.StartingPosition === 'LATEST',
    batchSize: mapping.BatchSize ?? 100,
    lanes: mapping.ParallelizationFactor,
    retry: {
      maxRetries: mapping.MaximumRetryAttempts === -1 ? Number.POSITIVE_INFINITY : mapping.MaximumRetryAttempts,
      maxAgeS: mapping.MaximumRecordAgeInSeconds === -1 ? longestAgeS : mapping.MaximumRecordAgeInSeconds,
      bisects: mapping.BisectBatchOnFunctionError,
      reportsItemFailures: reportsItemFailures(mapping),
      backoffMs: retry => Math.min(longestBackoffMs, firstBackoffMs * 2 ** (retry - 1)),
    },
  }
}

function common(mapping: Mapping) {
  const { id, region, target, MaximumBatchingWindowInSeconds, FilterCriteria } = mapping
  const patterns = FilterCriteria.Filters.map(({ Pattern }) => Pattern)
  return { id, region, target, windowMs: MaximumBatchingWindowInSeconds * 1000, patterns }
}

function reportsItemFailures({ FunctionResponseTypes }: Mapping): boolean {
  return FunctionResponseTypes.includes('ReportBatchItemFailures')
}

function serviceOf(arn: string): 'sqs' | 'dynamodb' {
  const service = arn.split(':')[2]
  if (service === 'sqs' || service === 'dynamodb') return service
  throw new Error(`No local event source for ${arn}`)
}
