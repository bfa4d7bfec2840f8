import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'

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

/** Runs of a workflow that ended otherwise than well, in five minutes. */
export function failedRuns({ name, arn }: { name: string; arn: string }): MathExpression {
  // Unique within a graph of several workflows, and without the hyphens of names.
  const id = (what: string) => `${what}_${name.replaceAll('-', '_')}`
  const ended = { Failed: 'ExecutionsFailed', TimedOut: 'ExecutionsTimedOut', Aborted: 'ExecutionsAborted' }
  const parts = Object.entries(ended).map(([what, metricName]) => [id(`runs${what}`), runs(metricName, arn)] as const)
  return new MathExpression({
    // SUM, not `+`: Step Functions sends a metric only when it counts something, and adding nothing makes nothing.
    expression: `SUM([${parts.map(([part]) => part).join(', ')}])`,
    label: `${name}: failed, timed out or aborted`,
    usingMetrics: Object.fromEntries(parts),
    period: Duration.minutes(5),
  })
}

/** Share of a tenant's mail that bounced, of late: 0.05 is 5%. */
export const bounceRate = (configurationSet: string): Metric =>
  metric('AWS/SES', 'Reputation.BounceRate', Stats.MAXIMUM, { 'ses:configuration-set': configurationSet })

/** Share of a tenant's mail that was marked as spam, of late. */
export const complaintRate = (configurationSet: string): Metric =>
  metric('AWS/SES', 'Reputation.ComplaintRate', Stats.MAXIMUM, { 'ses:configuration-set': configurationSet })

/** Runs that the schedules of a group gave up on, in five minutes: each is in a dead-letter queue, or lost. */
export const droppedRuns = (ScheduleGroup: string): Metric =>
  metric('AWS/Scheduler', 'InvocationDroppedCount', Stats.SUM, { ScheduleGroup })

/** Times that the schedules of a group came to run, and came again after a failure, in five minutes. */
export const scheduledAttempts = (ScheduleGroup: string): Metric =>
  metric('AWS/Scheduler', 'InvocationAttemptCount', Stats.SUM, { ScheduleGroup })

/** Runs of a workflow that began, in five minutes. */
export const startedRuns = (StateMachineArn: string): Metric => runs('ExecutionsStarted', StateMachineArn)

/** Milliseconds within which 95% of a workflow's runs ended. */
export const runMs = (StateMachineArn: string): Metric =>
  metric('AWS/States', 'ExecutionTime', 'p95', { StateMachineArn })

const runs = (name: string, StateMachineArn: string): Metric =>
  metric('AWS/States', name, Stats.SUM, { StateMachineArn })
