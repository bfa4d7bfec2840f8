import { createHash } from 'node:crypto'
import { createResolver, localAccount, type Resolve } from './resolve.ts'
import type { Assembly, Resource } from './template.ts'

/** Addresses that only exist once the local servers run; filled in service by service. */
export type LocalAddresses = {
  sqs?: string
  gateway?: string
  /** Ids that KMS has given to the template's keys, by logical id. */
  keyIds: Map<string, string>
}

type Naming = { name: string; region: string; addresses: LocalAddresses }
type Identity = { ref: string; attributes: Record<string, string> }

/**
 * Makes the resolver that gives every template resource its local name, ARN and other attributes.
 * All are derived from the template alone, so they are the same at every start.
 */
export function createNaming(assembly: Assembly, addresses: LocalAddresses): Resolve {
  const identify = (resource: Resource) => {
    const name = localName(resource, assembly, resolve)
    return identityOf(resource, { name, region: resource.stack.region, addresses })
  }
  const resolve: Resolve = createResolver(assembly.stacks, {
    ref: resource => identify(resource).ref,
    attribute: (resource, name) => {
      const value = identify(resource).attributes[name]
      if (value !== undefined) return value
      throw new Error(
        `${resource.stack.name}: ${resource.logicalId} (${resource.type}) has no attribute "${name}" here`,
      )
    },
  })
  return resolve
}

/** A resource's own name where the template gives one, else its logical id, with the stack's in front where two stacks use the same one. */
function localName(resource: Resource, assembly: Assembly, resolve: Resolve): string {
  const given = resolve(resource.properties[nameProperties[resource.type] ?? ''], resource.stack)
  if (typeof given === 'string') return given
  const isTaken = assembly.stacks.some(stack => stack !== resource.stack && stack.resources.has(resource.logicalId))
  return isTaken ? `${resource.stack.name}-${resource.logicalId}` : resource.logicalId
}

const nameProperties: Record<string, string> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SES::EmailIdentity': 'EmailIdentity',
  'AWS::SES::ConfigurationSet': 'Name',
}

function identityOf(resource: Resource, naming: Naming): Identity {
  const identify = identities[resource.type]
  if (identify) return identify(naming, resource)
  const [, service = 'custom'] = resource.type.toLowerCase().split('::')
  return { ref: naming.name, attributes: { Arn: arn(service, naming, naming.name) } }
}

const identities: Record<string, (naming: Naming, resource: Resource) => Identity> = {
  'AWS::DynamoDB::Table': tableIdentity,
  'AWS::DynamoDB::GlobalTable': tableIdentity,
  'AWS::S3::Bucket': ({ name, region }) => {
    const bucket = name.toLowerCase()
    const domain = `${bucket}.s3.${region}.amazonaws.com`
    return {
      ref: bucket,
      attributes: { Arn: `arn:aws:s3:::${bucket}`, DomainName: domain, RegionalDomainName: domain },
    }
  },
  'AWS::KMS::Key': (naming, { logicalId }) => {
    const id = naming.addresses.keyIds.get(logicalId) ?? uuidOf(naming.name)
    return { ref: id, attributes: { Arn: arn('kms', naming, `key/${id}`), KeyId: id } }
  },
  'AWS::KMS::Alias': (_naming, { properties: { AliasName } }) => ({ ref: String(AliasName), attributes: {} }),
  'AWS::SQS::Queue': naming => ({
    ref: `${naming.addresses.sqs ?? 'http://127.0.0.1'}/${localAccount}/${naming.name}`,
    attributes: { Arn: arn('sqs', naming, naming.name), QueueName: naming.name },
  }),
  'AWS::SNS::Topic': naming => {
    const topic = arn('sns', naming, naming.name)
    return { ref: topic, attributes: { TopicArn: topic, TopicName: naming.name } }
  },
  'AWS::Events::EventBus': naming => ({
    ref: naming.name,
    attributes: { Arn: arn('events', naming, `event-bus/${naming.name}`), Name: naming.name },
  }),
  'AWS::Events::Rule': naming => ({
    ref: naming.name,
    attributes: { Arn: arn('events', naming, `rule/${naming.name}`) },
  }),
  'AWS::Lambda::Function': naming => ({
    ref: naming.name,
    attributes: { Arn: arn('lambda', naming, `function:${naming.name}`) },
  }),
  'AWS::IAM::Role': ({ name }) => ({
    ref: name,
    attributes: { Arn: `arn:aws:iam::${localAccount}:role/${name}`, RoleId: `AROA${alphanumeric(name, 17)}` },
  }),
  'AWS::Logs::LogGroup': naming => ({
    ref: naming.name,
    attributes: { Arn: arn('logs', naming, `log-group:${naming.name}:*`) },
  }),
  'AWS::StepFunctions::StateMachine': naming => {
    const machine = arn('states', naming, `stateMachine:${naming.name}`)
    return { ref: machine, attributes: { Arn: machine, Name: naming.name } }
  },
  'AWS::Scheduler::Schedule': (naming, { properties: { GroupName = 'default' } }) => ({
    ref: naming.name,
    attributes: { Arn: arn('scheduler', naming, `schedule/${GroupName}/${naming.name}`) },
  }),
  'AWS::Scheduler::ScheduleGroup': naming => ({
    ref: naming.name,
    attributes: { Arn: arn('scheduler', naming, `schedule-group/${naming.name}`) },
  }),
  'AWS::Cognito::UserPool': naming => {
    const id = `${naming.region}_${alphanumeric(naming.name, 9)}`
    const provider = `cognito-idp.${naming.region}.amazonaws.com/${id}`
    const urls = { ProviderName: provider, ProviderURL: `https://${provider}`, UserPoolId: id }
    return { ref: id, attributes: { Arn: arn('cognito-idp', naming, `userpool/${id}`), ...urls } }
  },
  'AWS::Cognito::UserPoolClient': ({ name }) => {
    const id = alphanumeric(name, 26)
    return { ref: id, attributes: { ClientId: id, ClientSecret: alphanumeric(`${name} secret`, 51), Name: name } }
  },
  'AWS::Cognito::UserPoolResourceServer': (_naming, { properties: { Identifier } }) => ({
    ref: String(Identifier),
    attributes: {},
  }),
  'AWS::ApiGatewayV2::Api': ({ name, addresses }) => {
    const id = alphanumeric(name, 10)
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: addresses.gateway ?? 'http://127.0.0.1' } }
  },
  'AWS::ApiGatewayV2::Stage': (_naming, { properties: { StageName } }) => ({ ref: String(StageName), attributes: {} }),
}

function tableIdentity(naming: Naming): Identity {
  const table = arn('dynamodb', naming, `table/${naming.name}`)
  // The engine labels a stream with its time of creation; one fixed label keeps ARNs the same at every start.
  return {
    ref: naming.name,
    attributes: { Arn: table, StreamArn: `${table}/stream/local`, TableId: uuidOf(naming.name) },
  }
}

function arn(service: string, { region }: Naming, rest: string): string {
  return `arn:aws:${service}:${region}:${localAccount}:${rest}`
}

function alphanumeric(seed: string, length: number): string {
  const digits = createHash('sha512').update(seed).digest()
  return [...digits]
    .slice(0, length)
    .map(byte => (byte % 36).toString(36))
    .join('')
}

function uuidOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
