import type { Context } from 'aws-lambda'
import type { HttpEvent } from '#functions/edge/http.ts'

type Wishes = {
  method?: string
  path?: string
  routeKey?: string
  query?: string
  pathParameters?: Record<string, string>
  headers?: Record<string, string>
  body?: string
  isBase64Encoded?: boolean
}

/** A request as API Gateway's HTTP API hands it to a function (payload format 2.0). */
export function httpEvent(wishes: Wishes = {}): HttpEvent {
  const { method = 'GET', path = '/health', query = '', headers = {}, isBase64Encoded = false } = wishes
  const routeKey = wishes.routeKey ?? `${method} ${path}`
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'abc.execute-api.eu-west-1.amazonaws.com', ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abc',
      domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'vitest' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey,
      stage: '$default',
      time: '31/Mar/2026:01:00:00 +0000',
      timeEpoch: 1_774_918_800_000,
    },
    isBase64Encoded,
    ...(wishes.pathParameters && { pathParameters: wishes.pathParameters }),
    ...(wishes.body !== undefined && { body: wishes.body }),
  }
}

/** What Lambda tells a function about its invocation. */
export function lambdaContext(remainingMs = 29_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:test',
    memoryLimitInMB: '512',
    awsRequestId: 'aws-request-id',
    logGroupName: '/aws/lambda/test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  }
}
