// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of CloudFormation's Fn::Sub
import { describe, expect, it } from 'vitest'
import { createNaming } from '#infra/local/names.ts'
import { createResolver } from '#infra/local/resolve.ts'
import type { Assembly, Stack } from '#infra/local/template.ts'

type Parts = {
  name?: string
  resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }>
} & Partial<Pick<Stack, 'outputs' | 'mappings' | 'conditions' | 'parameters'>>

function stackOf({ name = 'one', resources = {}, ...rest }: Parts): Stack {
  const map = new Map()
  const stack = {
    name,
    region: 'eu-west-1',
    resources: map,
    outputs: new Map(),
    mappings: {},
    conditions: {},
    parameters: {},
    assets: new Map(),
    ...rest,
  }
  for (const [logicalId, { Type, Properties = {} }] of Object.entries(resources)) {
    map.set(logicalId, { stack, logicalId, type: Type, properties: Properties, metadata: {} })
  }
  return stack
}

const references = {
  ref: ({ logicalId }: { logicalId: string }) => `ref-${logicalId}`,
  attribute: ({ logicalId }: { logicalId: string }, name: string) => `${logicalId}.${name}`,
}
const queue = { Queue: { Type: 'AWS::SQS::Queue' } }

describe('createResolver', () => {
  const stack = stackOf({
    resources: queue,
    mappings: { ByRegion: { 'eu-west-1': { zone: 'Z1' } } },
    parameters: { Version: '21' },
    conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    },
  })
  const resolve = createResolver([stack], references)
  it.each([
    ['Ref of a resource', { Ref: 'Queue' }, 'ref-Queue'],
    ['Ref of a parameter', { Ref: 'Version' }, '21'],
    [
      'pseudo parameters',
      { 'Fn::Join': [':', [{ Ref: 'AWS::Partition' }, { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }]] },
      'aws:eu-west-1:000000000000',
    ],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue.Arn'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'Queue.Arn'],
    [
      'Fn::Sub',
      { 'Fn::Sub': 'a/${AWS::Region}/${Queue.Arn}/${Queue}/${!literal}' },
      'a/eu-west-1/Queue.Arn/ref-Queue/${literal}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${x}-${AWS::Region}', { x: { Ref: 'Queue' } }] }, 'ref-Queue-eu-west-1'],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['ByRegion', { Ref: 'AWS::Region' }, 'zone'] }, 'Z1'],
    ['Fn::If', [{ 'Fn::If': ['Yes', 'y', 'n'] }, { 'Fn::If': ['No', 'y', 'n'] }], ['y', 'n']],
    [
      'AWS::NoValue drops members and items',
      { a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] },
      { b: [1] },
    ],
    ['objects with one ordinary key', { Name: { Ref: 'Queue' } }, { Name: 'ref-Queue' }],
    ['an empty object', {}, {}],
  ])('resolves %s', (_name, value, expected) => {
    expect(resolve(value, stack)).toEqual(expected)
  })

  it('resolves what another stack exports, in that stack', () => {
    const outputs = new Map([['Out', { value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, exportName: 'one:QueueArn' }]])
    const [from, to] = [stackOf({ name: 'one', resources: queue, outputs }), stackOf({ name: 'two' })]
    const across = createResolver([from, to], references)
    expect(across({ 'Fn::ImportValue': 'one:QueueArn' }, to)).toBe('Queue.Arn')
    expect(() => across({ 'Fn::ImportValue': 'gone' }, to)).toThrow('no stack exports "gone"')
  })

  it('names the stack and the resource that a template refers to without declaring it', () => {
    expect(() => resolve({ Ref: 'Missing' }, stack)).toThrow('one: the template refers to Missing')
  })
})

describe('createNaming', () => {
  const resources = {
    Records: { Type: 'AWS::DynamoDB::Table' },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: { 'Fn::Join': ['-', ['evergreen', 'local']] } } },
    Files: { Type: 'AWS::S3::Bucket' },
    Key: { Type: 'AWS::KMS::Key' },
    Pool: { Type: 'AWS::Cognito::UserPool' },
    Shared: { Type: 'AWS::SQS::Queue' },
  }
  const [one, two] = [
    stackOf({ name: 'one', resources }),
    stackOf({ name: 'two', resources: { Shared: { Type: 'AWS::SQS::Queue' } } }),
  ]
  const assembly: Assembly = { tenant: 'local', region: 'eu-west-1', stacks: [one, two] }
  const resolve = createNaming(assembly, { sqs: 'http://127.0.0.1:9', keyIds: new Map([['Key', 'key-1']]) })
  it.each([
    [{ Ref: 'Records' }, 'Records'],
    [{ 'Fn::GetAtt': ['Records', 'StreamArn'] }, 'arn:aws:dynamodb:eu-west-1:000000000000:table/Records/stream/local'],
    [{ Ref: 'Bus' }, 'evergreen-local'],
    [{ 'Fn::GetAtt': ['Bus', 'Arn'] }, 'arn:aws:events:eu-west-1:000000000000:event-bus/evergreen-local'],
    [{ Ref: 'Files' }, 'files'],
    [{ 'Fn::GetAtt': ['Key', 'Arn'] }, 'arn:aws:kms:eu-west-1:000000000000:key/key-1'],
    [{ Ref: 'Shared' }, 'http://127.0.0.1:9/000000000000/one-Shared'],
  ])('names %j', (value, expected) => {
    expect(resolve(value, one)).toBe(expected)
  })

  it('gives the same ids at every start', () => {
    const again = createNaming(assembly, { keyIds: new Map() })
    expect(resolve({ Ref: 'Pool' }, one)).toBe(again({ Ref: 'Pool' }, one))
    expect(resolve({ Ref: 'Pool' }, one)).toMatch(/^eu-west-1_[0-9a-z]{9}$/)
  })

  it('says which attribute it does not know', () => {
    expect(() => resolve({ 'Fn::GetAtt': ['Files', 'Nope'] }, one)).toThrow(
      'Files (AWS::S3::Bucket) has no attribute "Nope"',
    )
  })
})
