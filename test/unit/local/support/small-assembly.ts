import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Functions of the small template: each keeps to what its role allows but for `denied`. */
const sources = {
  api: `import { DynamoDBClient, PutItemCommand, ScanCommand } from 'SDK/client-dynamodb'
    const client = new DynamoDBClient({})
    export const handler = async ({ requestContext, pathParameters }) => {
      const TableName = process.env.TABLE
      if (requestContext.http.method === 'GET') return (await client.send(new ScanCommand({ TableName }))).Items.map(item => item.pk.S)
      await client.send(new PutItemCommand({ TableName, Item: { pk: { S: pathParameters.id }, sk: { S: 'V#1' } } }))
      return { statusCode: 201, body: pathParameters.id }
    }`,
  publish: `import { EventBridgeClient, PutEventsCommand } from 'SDK/client-eventbridge'
    const client = new EventBridgeClient({})
    export const handler = async ({ Records }) => {
      const Entries = Records.map(({ dynamodb }) => ({ EventBusName: process.env.BUS, Source: 'test', DetailType: 'Created',
        Detail: JSON.stringify({ id: dynamodb.Keys.pk.S }) }))
      await client.send(new PutEventsCommand({ Entries }))
    }`,
  consume: `import { DynamoDBClient, PutItemCommand } from 'SDK/client-dynamodb'
    const client = new DynamoDBClient({})
    export const handler = async ({ Records }) => {
      for (const { body } of Records)
        await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: 'seen-' + JSON.parse(body).detail.id }, sk: { S: 'A' } } }))
      return { batchItemFailures: [] }
    }`,
  seed: `export const handler = async event => {
      await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'seeded',
        Reason: event.RequestType + ' ' + event.ResourceProperties.count }) })
    }`,
  denied: `import { EventBridgeClient, PutEventsCommand } from 'SDK/client-eventbridge'
    export const handler = () => new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [
      { EventBusName: process.env.BUS, Source: 'test', DetailType: 'x', Detail: '{}' } ] }))`,
}

const attribute = (logicalId: string, name = 'Arn') => ({ 'Fn::GetAtt': [logicalId, name] })
const keys = [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
]

function resources() {
  const role = (statements: unknown[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: { Policies: [{ PolicyName: 'uses', PolicyDocument: { Statement: statements } }] },
  })
  const fn = (name: keyof typeof sources, roleId: string, variables = {}) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `small-${name}`,
      Role: attribute(roleId),
      Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 10,
      Environment: { Variables: variables },
    },
  })
  const route = (routeKey: string) => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: routeKey,
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Call' }]] },
    },
  })
  return {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: keys,
        AttributeDefinitions: keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
    },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'small' } },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { source: ['test'] },
        Targets: [{ Id: '1', Arn: attribute('Queue') }],
      },
    },
    Queue: { Type: 'AWS::SQS::Queue' },
    Pool: { Type: 'AWS::Cognito::UserPool' },
    Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: { Ref: 'Pool' } } },
    Publisher: role([{ Effect: 'Allow', Action: 'events:PutEvents', Resource: attribute('Bus') }]),
    Nobody: role([]),
    ApiFunction: fn('api', 'Nobody', { TABLE: { Ref: 'Table' } }),
    PublishFunction: fn('publish', 'Publisher', { BUS: { Ref: 'Bus' } }),
    ConsumeFunction: fn('consume', 'Nobody', { TABLE: { Ref: 'Table' } }),
    SeedFunction: fn('seed', 'Nobody'),
    DeniedFunction: fn('denied', 'Nobody', { BUS: { Ref: 'Bus' } }),
    Changes: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'PublishFunction' },
        EventSourceArn: attribute('Table', 'StreamArn'),
        StartingPosition: 'TRIM_HORIZON',
        FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"V#"}]}}}}' }] },
      },
    },
    Messages: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'ConsumeFunction' }, EventSourceArn: attribute('Queue') },
    },
    Seed: { Type: 'Custom::SeedTenant', Properties: { ServiceToken: attribute('SeedFunction'), count: 3 } },
    Api: { Type: 'AWS::ApiGatewayV2::Api' },
    Call: { Type: 'AWS::ApiGatewayV2::Integration', Properties: { IntegrationUri: attribute('ApiFunction') } },
    Get: route('GET /items'),
    Put: route('PUT /items/{id}'),
  }
}

/** Writes a cloud assembly of one tenant, `small`, with an API, a table, its stream, a bus, a queue and a custom resource. */
export function writeSmallAssembly(directory: string): void {
  const stage = join(directory, 'assembly-small')
  const sdk = join(import.meta.dirname, '../../../../node_modules/@aws-sdk')
  mkdirSync(stage, { recursive: true })
  const files: Record<string, { source: { path: string } }> = {}
  for (const [name, source] of Object.entries(sources)) {
    mkdirSync(join(directory, `asset.${name}`), { recursive: true })
    const code = source.replaceAll(/'SDK\/([\w-]+)'/g, (_match, module) => `'${sdk}/${module}/dist-cjs/index.js'`)
    writeFileSync(join(directory, `asset.${name}`, 'index.mjs'), code)
    files[name] = { source: { path: `../asset.${name}` } }
  }
  const properties = { templateFile: 'all.template.json', stackName: 'small-all' }
  const artifact = { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/eu-west-1', properties }
  writeFileSync(join(stage, 'manifest.json'), JSON.stringify({ artifacts: { all: artifact } }))
  writeFileSync(join(stage, 'all.template.json'), JSON.stringify({ Resources: resources() }))
  writeFileSync(join(stage, 'all.assets.json'), JSON.stringify({ files }))
}
