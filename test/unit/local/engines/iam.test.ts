import { describe, expect, it } from 'vitest'
import { createAuthorizer, type PolicyDocument } from '#infra/local/engines/iam.ts'

const key = 'arn:aws:kms:eu-central-1:000000000000:key/k1'
const file = 'arn:aws:s3:::files/import/1.csv'

function allows(policies: PolicyDocument[], action: string, resource: string): boolean {
  return createAuthorizer({ Worker: policies })('Worker', action, resource)
}

describe('an authorizer', () => {
  it.each<[string, PolicyDocument['Statement'], string, string, boolean]>([
    ['denies what nothing allows', [], 'kms:Decrypt', key, false],
    [
      'allows an exact action and resource',
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: key },
      'kms:Decrypt',
      key,
      true,
    ],
    [
      'compares actions without case',
      { Effect: 'Allow', Action: 'KMS:decrypt', Resource: key },
      'kms:Decrypt',
      key,
      true,
    ],
    [
      'compares resources with case',
      { Effect: 'Allow', Action: 'kms:*', Resource: key.toUpperCase() },
      'kms:Decrypt',
      key,
      false,
    ],
    [
      'knows star',
      { Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::files/*' },
      's3:GetObject',
      file,
      true,
    ],
    [
      'knows question mark',
      { Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::files/import/?.csv' },
      's3:GetObject',
      file,
      true,
    ],
    [
      'takes a dot literally',
      { Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::files/import/1xcsv' },
      's3:GetObject',
      file,
      false,
    ],
    [
      'lets a prefix not stand for the whole',
      { Effect: 'Allow', Action: 's3:Get', Resource: '*' },
      's3:GetObject',
      file,
      false,
    ],
    ['knows NotAction', { Effect: 'Allow', NotAction: 's3:Delete*', Resource: '*' }, 's3:GetObject', file, true],
    [
      'excludes by NotAction',
      { Effect: 'Allow', NotAction: 's3:Delete*', Resource: '*' },
      's3:DeleteObject',
      file,
      false,
    ],
    [
      'knows NotResource',
      { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::logs/*' },
      's3:GetObject',
      file,
      true,
    ],
    [
      'lets an explicit Deny win',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: ['kms:Decrypt'], Resource: [key] },
      ],
      'kms:Decrypt',
      key,
      false,
    ],
    [
      'ignores a condition that always holds in a stack',
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
      },
      'kms:Decrypt',
      key,
      true,
    ],
    [
      'ignores a Deny of plain HTTP',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
      's3:GetObject',
      file,
      true,
    ],
    [
      'grants nothing under a condition it does not know',
      { Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } },
      's3:GetObject',
      file,
      false,
    ],
    [
      'refuses under a condition it does not know',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
      ],
      's3:GetObject',
      file,
      false,
    ],
  ])('%s', (_, Statement, action, resource, expected) => {
    expect(allows([{ Statement }], action, resource)).toBe(expected)
  })

  it('lets principals that it does not know do everything', () => {
    expect(createAuthorizer({ Worker: [] })('local', 'kms:Decrypt', key)).toBe(true)
    expect(createAuthorizer({ Worker: [] })('constructor', 'kms:Decrypt', key)).toBe(true)
  })

  it('joins the policies of a principal', () => {
    const read: PolicyDocument = { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } }
    const open: PolicyDocument = { Statement: { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' } }
    expect(allows([read, open], 'kms:Decrypt', key)).toBe(true)
  })
})
