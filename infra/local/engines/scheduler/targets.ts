/** Kinds of target that run here, by the service in their ARN: what the execution role must be allowed. */
const actions: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  states: 'states:StartExecution',
  events: 'events:PutEvents',
  sqs: 'sqs:SendMessage',
}

const targetArn =
  /^arn:aws[\w-]*:(lambda:[^:]*:\d*:function:.+|states:[^:]*:\d*:stateMachine:.+|events:[^:]*:\d*:event-bus\/.+|sqs:[^:]*:\d*:.+)$/

/** Whether something with this ARN can be started here. */
export function isTarget(arn: string): boolean {
  return targetArn.test(arn)
}

/** Whether a target's input has to be JSON; a queue takes any text. */
export function takesJson(arn: string): boolean {
  return serviceOf(arn) !== 'sqs'
}

/** The action that starts a target. */
export function actionOn(arn: string): string {
  return actions[serviceOf(arn)] ?? 'unknown'
}

function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? ''
}
