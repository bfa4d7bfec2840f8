import { describe, expect, it } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { withKeysOfAliases } from '#infra/local/key-aliases.ts'

const copyKey = 'arn:aws:kms:eu-west-1:000000000000:key/copy'
const keyArns = new Map([['alias/copy', copyKey]])

const policy = (alias: string, more: Record<string, Record<string, unknown>> = {}) => ({
  Statement: [
    {
      Effect: 'Allow' as const,
      Action: 'kms:Decrypt',
      Resource: 'arn:aws:kms:eu-west-1:000000000000:key/*',
      Condition: { ...more, 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },
    },
  ],
})
const may = (document: ReturnType<typeof policy>, key: string) =>
  createAuthorizer({ Reader: [withKeysOfAliases(document, keyArns)] })('Reader', 'kms:Decrypt', key)

describe('a permission for keys that have an alias', () => {
  it('is one for the key behind it, and for no other', () => {
    expect(may(policy('alias/copy'), copyKey)).toBe(true)
    expect(may(policy('alias/copy'), copyKey.replace('copy', 'other'))).toBe(false)
  })

  it('of an alias that there is not grants nothing', () => {
    expect(may(policy('alias/none'), copyKey)).toBe(false)
  })

  it('keeps its other conditions', () => {
    const through = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }
    expect(may(policy('alias/copy', through), copyKey)).toBe(true)
    expect(may(policy('alias/copy', { StringEquals: { 'aws:Unknown': 'x' } }), copyKey)).toBe(false)
  })
})
