import { Duration } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'

// Metrics by physical names: a reference to another stack would be an export, and an exported function can never be removed.
const metric = (namespace: string, metricName: string, statistic: string, dimensionsMap: Record<string, string>) =>
  new Metric({ namespace, metricName, statistic, dimensionsMap, period: Duration.minutes(5) })

/** Invocations that ended in an error, in five minutes. */
export const functionErrors = (FunctionName: string): Metric =>
  metric('AWS/Lambda', 'Errors', Stats.SUM, { FunctionName })

/** Invocations in five minutes. */
export const invocations = (FunctionName: string): Metric =>
  metric('AWS/Lambda', 'Invocations', Stats.SUM, { FunctionName })

/** Milliseconds within which 95% of a function's invocations ended. */
export const durationMs = (FunctionName: string): Metric => metric('AWS/Lambda', 'Duration', 'p95', { FunctionName })

/** Age in milliseconds of the last change that a stream reader was given. */
export const streamLagMs = (FunctionName: string): Metric =>
  metric('AWS/Lambda', 'IteratorAge', Stats.MAXIMUM, { FunctionName })

/** Messages that can be received from a queue. */
export const messages = (QueueName: string): Metric =>
  metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', Stats.MAXIMUM, { QueueName })

/** Age in seconds of the oldest message of a queue. */
export const oldestMessageSeconds = (QueueName: string): Metric =>
  metric('AWS/SQS', 'ApproximateAgeOfOldestMessage', Stats.MAXIMUM, { QueueName })

/** Calls of an HTTP API in five minutes. */
export const calls = (ApiId: string): Metric => metric('AWS/ApiGateway', 'Count', Stats.SAMPLE_COUNT, { ApiId })

/** Calls of an HTTP API answered with 4xx, in five minutes. */
export const clientErrors = (ApiId: string): Metric => metric('AWS/ApiGateway', '4xx', Stats.SUM, { ApiId })

/** Calls of an HTTP API answered with 5xx, in five minutes. */
export const serverErrors = (ApiId: string): Metric => metric('AWS/ApiGateway', '5xx', Stats.SUM, { ApiId })

/** Milliseconds within which 95% of an HTTP API's calls were answered. */
export const latencyMs = (ApiId: string): Metric => metric('AWS/ApiGateway', 'Latency', 'p95', { ApiId })
