import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Operation, operation } from '../json-server.ts'
import { keyPermission, onlyKeyId } from './inputs.ts'
import { findKey, type Key, type KeyStore, keyUsages } from './key-store.ts'

const createKey = z.object({
  KeySpec: z.string().default('SYMMETRIC_DEFAULT'),
  KeyUsage: keyUsages.default('ENCRYPT_DECRYPT'),
  Description: z.string().default(''),
  Policy: z.string().optional(),
})
const tag = z.object({ TagKey: z.string(), TagValue: z.string() })

/** Operations that make, describe and configure keys. */
export function keyOperations(store: KeyStore, accountId: string): Record<string, Operation> {
  const metadata = (key: Key) => keyMetadata(store, key, accountId)
  return {
    CreateKey: operation({
      input: createKey,
      needs: () => [{ action: 'kms:CreateKey', resource: '*' }],
      run: input => {
        const { KeySpec: spec, KeyUsage: usage, Description: description, Policy: policy = null } = input
        return { KeyMetadata: metadata(findKey(store, store.createKey({ spec, usage, description, policy }))) }
      },
    }),
    DescribeKey: onKey(store, 'DescribeKey', onlyKeyId, key => ({ KeyMetadata: metadata(key) })),
    ListKeys: operation({
      input: z.object({}),
      needs: () => [{ action: 'kms:ListKeys', resource: '*' }],
      run: () => ({
        Keys: store.allKeys().map(key => ({ KeyId: key.id, KeyArn: store.arnOf(key.id) })),
        Truncated: false,
      }),
    }),
    GetKeyPolicy: onKey(store, 'GetKeyPolicy', onlyKeyId, key => ({
      PolicyName: 'default',
      Policy: key.policy ?? '{}',
    })),
    PutKeyPolicy: onKey(store, 'PutKeyPolicy', onlyKeyId.extend({ Policy: z.string() }), (key, input) => {
      store.setPolicy(input.Policy, key.id)
    }),
    ListResourceTags: onKey(store, 'ListResourceTags', onlyKeyId, key => ({ Tags: key.tags, Truncated: false })),
    TagResource: onKey(store, 'TagResource', onlyKeyId.extend({ Tags: z.array(tag) }), (key, input) => {
      const given = new Set(input.Tags.map(({ TagKey }) => TagKey))
      const kept = key.tags.filter(({ TagKey }) => !given.has(TagKey))
      store.setTags(JSON.stringify([...kept, ...input.Tags]), key.id)
    }),
    UntagResource: onKey(store, 'UntagResource', onlyKeyId.extend({ TagKeys: z.array(z.string()) }), (key, input) => {
      const kept = key.tags.filter(({ TagKey }) => !input.TagKeys.includes(TagKey))
      store.setTags(JSON.stringify(kept), key.id)
    }),
  }
}

/** An operation on the key that its input names. */
export function onKey<Input extends { KeyId: string }>(
  store: KeyStore,
  name: string,
  input: z.ZodType<Input>,
  run: (key: Key, input: Input) => unknown,
): Operation {
  return operation({
    input,
    needs: given => keyPermission(store, name, given.KeyId),
    run: given => run(findKey(store, given.KeyId), given),
  })
}

/** Operations on aliases. */
export function aliasOperations(store: KeyStore): Record<string, Operation> {
  const target = z.object({ AliasName: z.string().regex(/^alias\/[\w/-]+$/), TargetKeyId: z.string() })
  const onAlias = (action: string) => (input: z.infer<typeof target>) => [
    ...keyPermission(store, action, input.TargetKeyId),
    { action: `kms:${action}`, resource: store.aliasArnOf(input.AliasName) },
  ]
  return {
    CreateAlias: operation({
      input: target,
      needs: onAlias('CreateAlias'),
      run: ({ AliasName, TargetKeyId }) => {
        if (store.aliasByName(AliasName) !== undefined) {
          throw new AwsError('AlreadyExistsException', `${AliasName} already exists`)
        }
        store.putAlias(AliasName, findKey(store, TargetKeyId).id)
      },
    }),
    UpdateAlias: operation({
      input: target,
      needs: onAlias('UpdateAlias'),
      run: ({ AliasName, TargetKeyId }) => {
        if (store.aliasByName(AliasName) === undefined) {
          throw new AwsError('NotFoundException', `${AliasName} is not found`)
        }
        store.putAlias(AliasName, findKey(store, TargetKeyId).id)
      },
    }),
    DeleteAlias: operation({
      input: z.object({ AliasName: z.string() }),
      needs: input => [{ action: 'kms:DeleteAlias', resource: store.aliasArnOf(input.AliasName) }],
      run: ({ AliasName }) => {
        if (store.deleteAlias(AliasName) === 0) throw new AwsError('NotFoundException', `${AliasName} is not found`)
      },
    }),
    ListAliases: operation({
      input: z.object({ KeyId: z.string().optional() }),
      needs: () => [{ action: 'kms:ListAliases', resource: '*' }],
      run: ({ KeyId }) => {
        const wanted = KeyId === undefined ? undefined : findKey(store, KeyId).id
        const aliases = store.allAliases().filter(alias => wanted === undefined || alias.keyId === wanted)
        return { Aliases: aliases.map(alias => aliasEntry(store, alias)), Truncated: false }
      },
    }),
  }
}

function aliasEntry(store: KeyStore, alias: { name: string; keyId: string }) {
  return { AliasName: alias.name, AliasArn: store.aliasArnOf(alias.name), TargetKeyId: alias.keyId }
}

function keyMetadata(store: KeyStore, key: Key, accountId: string) {
  return {
    KeyId: key.id,
    Arn: store.arnOf(key.id),
    AWSAccountId: accountId,
    CreationDate: key.createdAt / 1000,
    Enabled: key.state === 'Enabled',
    KeyState: key.state,
    KeyUsage: key.usage,
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    KeyManager: 'CUSTOMER',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    Description: key.description,
    DeletionDate: key.deletionAt === null ? undefined : key.deletionAt / 1000,
  }
}
