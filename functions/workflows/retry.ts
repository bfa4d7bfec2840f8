/** Retries of a step: what passes by itself long, a bug of ours twice (a deployment may mend it), a refusal never. */
const retry = [
  {
    ErrorEquals: [
      'Unavailable',
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.Unknown',
      'Sandbox.Timedout',
      'States.Timeout',
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 8,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
  { ErrorEquals: ['Refused', 'InvalidInput'], MaxAttempts: 0 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 2, JitterStrategy: 'FULL' },
]

/** A task that runs a step and, when it fails to the end, goes where the failure is told. */
export function task(resource: string, options: { next?: string; onFailure?: string }) {
  const { next, onFailure } = options
  return {
    Type: 'Task',
    Resource: resource,
    Retry: retry,
    ...(onFailure && { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: onFailure }] }),
    ...(next ? { Next: next } : { End: true }),
  }
}
