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

/** Retries of an AWS call that a definition makes itself: by the names that Step Functions gives to the SDK's errors. */
const retryCall = [
  {
    ErrorEquals: [
      'DynamoDb.DynamoDbException',
      'DynamoDb.InternalServerErrorException',
      'DynamoDb.LimitExceededException',
      'States.Timeout',
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 4,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
]

type Call = {
  parameters: object
  /** What of the answer is kept, and where. */
  result: object
  into: string
  ways: { next: string; onFailure: string }
}

/** A task that calls AWS itself (`dynamodb:describeExport`) and keeps a part of the answer beside its input. */
export function call(operation: string, { parameters, result, into, ways }: Call) {
  return {
    Type: 'Task',
    Resource: `arn:aws:states:::aws-sdk:${operation}`,
    Parameters: parameters,
    ResultSelector: result,
    ResultPath: into,
    Retry: retryCall,
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: ways.onFailure }],
    Next: ways.next,
  }
}
