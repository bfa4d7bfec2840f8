import type { Properties, Resources } from './synthesized.ts'

/** Where each kind of resource says which key it is encrypted with. */
const keyOf: Record<string, (properties: Properties) => unknown> = {
  'AWS::DynamoDB::Table': properties => properties.SSESpecification?.KMSMasterKeyId,
  'AWS::SQS::Queue': properties => properties.KmsMasterKeyId,
  'AWS::SNS::Topic': properties => properties.KmsMasterKeyId,
  'AWS::Events::EventBus': properties => properties.KmsKeyIdentifier,
  'AWS::Logs::LogGroup': properties => properties.KmsKeyId,
  'AWS::StepFunctions::StateMachine': properties => properties.EncryptionConfiguration?.KmsKeyId,
  'AWS::Scheduler::Schedule': properties => properties.KmsKeyArn,
  'AWS::S3::Bucket': properties =>
    properties.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault?.KMSMasterKeyID,
}

/** Types that keep data and have no key of ours, or that none of these checks know yet. */
const stateless =
  /^AWS::(ApiGatewayV2|CloudWatch|Cognito|IAM|KMS|Lambda)::|^AWS::(Events::Rule|Scheduler::ScheduleGroup|SES::(EmailIdentity|ConfigurationSet)|Logs::SubscriptionFilter|S3::BucketPolicy|SNS::(Subscription|TopicPolicy)|SQS::QueuePolicy)$|^Custom::/

/** Resources that keep data but not under the tenant's key, or of a type that nobody has judged yet. */
export function unencrypted(resources: Resources): string[] {
  return Object.entries(resources).flatMap(([id, { Type, Properties: properties }]) => {
    const key = keyOf[Type]
    if (key) return isTenantKey(key(properties)) ? [] : [id]
    return stateless.test(Type) ? [] : [`${id} (${Type} is new to this check)`]
  })
}

/** The key itself in its own stack (the second region has one of its own), or the key that the data stack exports. */
const isTenantKey = (value: unknown): boolean =>
  /^\{"Fn::(GetAtt":\["(?:Copy)?Key|ImportValue":"evergreen-[a-z-]+-data:ExportsOutputFnGetAttKey)[0-9A-F]/.test(
    JSON.stringify(value) ?? '',
  )

/**
 * What may end in a wildcard, since its names come later: files under a prefix, of the vault or of a copy, exports, scratch tables, runs
 * of one workflow. The key of the second region is held to its alias. Log delivery, X-Ray and listing tables have no resources
 * at all.
 */
const nameless = [
  ({ Action, Resource }: Properties) =>
    all(Action, /^s3:(Get|Put)Object(Version)?$|^s3:AbortMultipartUpload$/) &&
    all(Resource, /("\/([a-z]+|AWSLogs|CloudTrail(-Digest)?)|\/access-log-anchors)\/\*"\]\]\}$/),
  ({ Action, Resource }: Properties) =>
    all(Action, /^s3:(\w*Object\w*|ReplicateTags|AbortMultipartUpload)$/) &&
    all(Resource, /:s3:::evergreen-[a-z-]+-(vault|files)-.*\/\*"/),
  ({ Action, Resource }: Properties) =>
    all(Action, /^dynamodb:\w+$/) &&
    all(starred(Resource), /:table\/evergreen-[a-z-]+-drill-\*|FnGetAttRecords\w+"\},"\/export\/\*"/),
  ({ Action, Resource, Condition }: Properties) =>
    all(Action, /^kms:(Decrypt|Encrypt|GenerateDataKey)$/) &&
    all(Resource, /:key\/\*"/) &&
    Condition['ForAnyValue:StringEquals']['kms:ResourceAliases'].startsWith('alias/evergreen-'),
  ({ Action, Resource }: Properties) => all(Action, /^logs:\w+$/) && all(Resource, /:log-group:\/aws-dynamodb\/\*"/),
  ({ Action, Resource }: Properties) => Action === 'dynamodb:ListTables' && Resource === '*',
  ({ Action, Resource }: Properties) =>
    all(Action, /^states:(Describe|Stop|Redrive)Execution$/) && all(Resource, /:execution:evergreen-[a-z-]+(\/|:)\*"/),
  ({ Action, Resource }: Properties) =>
    all(Action, /^scheduler:(Create|Update|Delete)Schedule$/) &&
    all(Resource, /:schedule\/evergreen-[a-z-]+-reminders\/\*"/),
  ({ Action, Resource }: Properties) =>
    all(
      Action,
      /^(logs:(\w+LogDeliver(y|ies)|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)|xray:(Put|GetSampling)\w+)$/,
    ) && Resource === '*',
]

/** Other tables may be named beside those whose names come later. */
const starred = (resources: unknown): unknown[] =>
  [resources].flat().filter(resource => JSON.stringify(resource).includes('*'))

const all = (values: unknown, pattern: RegExp): boolean =>
  [values].flat().every(value => pattern.test(typeof value === 'string' ? value : JSON.stringify(value)))

/** What roles allow with a wildcard, as `id: what`. */
export function wildcards(resources: Resources): string[] {
  return Object.entries(resources).flatMap(([id, { Type, Properties: properties }]) => {
    if (Type === 'AWS::IAM::ManagedPolicy' || Type === 'AWS::IAM::Policy') return [`${id}: ${Type}`]
    if (Type !== 'AWS::IAM::Role') return []
    const managed = (properties.ManagedPolicyArns ?? []).map((arn: unknown) => `${id}: ${JSON.stringify(arn)}`)
    return [...managed, ...wildcardsIn(properties).map(what => `${id}: ${what}`)]
  })
}

function wildcardsIn({ Policies = [] }: Properties): string[] {
  const statements: Properties[] = Policies.flatMap((policy: Properties) => policy.PolicyDocument.Statement)
  return statements
    .filter(statement => !nameless.some(isNameless => isNameless(statement)))
    .flatMap(({ Effect, Action, NotAction, NotResource, Resource }) => {
      const named = [Action, Resource].flat().map(value => JSON.stringify(value))
      const inverted = [NotAction, NotResource].filter(value => value !== undefined).map(() => 'an inverted statement')
      return Effect === 'Allow' ? [...named.filter(value => value?.includes('*')), ...inverted] : []
    })
}
