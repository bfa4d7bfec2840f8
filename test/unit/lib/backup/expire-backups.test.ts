import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { expireBackups } from '#lib/backup/expire-backups.ts'
import { writeSigned } from '#lib/backup/sign-file.ts'
import type { Vault, VaultVersion } from '#lib/backup/vault.ts'
import { exportRoot, vaultKeys } from '#lib/backup/vault-keys.ts'
import { notFound } from '#lib/errors.ts'
import { verifyWith } from '#lib/evidence/evidence-key.ts'
import { type Signature, signingAlgorithm } from '#lib/evidence/signature.ts'
import type { Context } from '#lib/runtime/context.ts'
import { defaultPolicy } from '#schemas/settings.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const evidence = {
  sign: async (bytes: Uint8Array): Promise<Signature> => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const value = sign('RSA-SHA256', bytes, privateKey).toString('base64')
    return { algorithm: signingAlgorithm, key: 'test', sha256, value }
  },
  verify: async (bytes: Uint8Array, signature: Signature) => verifyWith(publicKey, bytes, signature),
}

const now = new Date('2026-06-01T00:00:00.000Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString()

/** A vault in memory; keys that `locked` matches cannot be deleted. */
function memoryVault(locked = /nothing/) {
  const kept = new Map<string, string>()
  const version = (key: string): VaultVersion => ({
    ...{ key, versionId: 'v1', bytes: kept.get(key)?.length ?? 0, modifiedAt: new Date(daysAgo(60)) },
    ...{ isLatest: true, isMarker: false },
  })
  const found = (prefix: string) => [...kept.keys()].filter(key => key.startsWith(prefix)).toSorted()
  const readText = async (key: string) => kept.get(key) ?? Promise.reject(notFound('file', key))
  const vault: Vault = {
    name: 'vault',
    list: async function* (prefix) {
      yield* found(prefix).map(version)
    },
    listVersions: async function* (prefix) {
      yield* found(prefix).map(version)
    },
    head: async key => {
      const text = kept.get(key)
      return text === undefined ? undefined : { versionId: 'v1', bytes: text.length, etag: '', replication: undefined }
    },
    read: async key => Readable.from([Buffer.from(await readText(key))]),
    open: () => Promise.reject(new Error('nothing is opened when backups expire')),
    readText,
    write: async (key, body) => {
      kept.set(key, body.toString())
      return 'v1'
    },
    deleteVersion: async key => !locked.test(key) && kept.delete(key),
  }
  return { vault, keys: () => [...kept.keys()].toSorted() }
}

async function addBackup(vault: Vault, id: string, { age, fullId = id }: { age: number; fullId?: string }) {
  const exportArn = `arn:aws:dynamodb:eu-central-1:1:table/T/export/${id}`
  const file = { key: `${exportRoot(exportArn)}data/a.json.gz`, versionId: 'v1', bytes: 1, sha256: '0'.repeat(64) }
  await vault.write(file.key, 'x', 'application/gzip')
  const entry: CatalogueEntry = {
    ...{ format: 'evergreen-backup/1', id, tenant: 'acme', kind: id === fullId ? 'full' : 'incremental' },
    ...{ cutOffAt: daysAgo(age), fullId, exportArn, manifests: [], files: [{ ...file, items: 1, md5: '' }] },
    table: { name: 'T', AttributeDefinitions: [], KeySchema: [], GlobalSecondaryIndexes: [] },
    ...{ items: 1, bytes: 1, runId: 'run_1', madeAt: daysAgo(age) },
  }
  await writeSigned({ vault, evidence }, vaultKeys.catalogue(id), JSON.stringify(entry))
}

/** Without a table: every backup is one that only the vault knows. */
const ctx = {
  clock: { now: () => now },
  policy: defaultPolicy,
  log: { error: () => undefined },
  tenant: { listShards: 1 },
  actor: { id: 'system' },
} as unknown as Context

const expire = (vault: Vault) => expireBackups(ctx, { vault, evidence }, { remainingMs: () => 1_000_000 })

it('a chain stays while its last backup is within its time, and the newest chain stays whatever its age', async () => {
  const { vault, keys } = memoryVault()
  await addBackup(vault, 'bkp_1', { age: 50 })
  await addBackup(vault, 'bkp_2', { age: 30, fullId: 'bkp_1' })
  await addBackup(vault, 'bkp_3', { age: 29 })
  expect(await expire(vault)).toEqual({ backups: 0, files: 0 })
  expect(keys()).toHaveLength(9)
})

it('files that no catalogue names are deleted, once nothing can come of them', async () => {
  const { vault, keys } = memoryVault()
  await addBackup(vault, 'bkp_1', { age: 1 })
  await vault.write('table/AWSDynamoDB/dead/manifest-summary.json', '{}', 'application/json')
  expect(await expire(vault)).toEqual({ backups: 0, files: 1 })
  expect(keys()).toHaveLength(3)
})

it('what a lock holds stays, and its backup stays a backup', async () => {
  const { vault, keys } = memoryVault(/./)
  await addBackup(vault, 'bkp_1', { age: 90 })
  await addBackup(vault, 'bkp_2', { age: 1 })
  expect(await expire(vault)).toEqual({ backups: 0, files: 0 })
  expect(keys()).toHaveLength(6)
})

it('nothing is deleted while a catalogue is not what was signed', async () => {
  const { vault, keys } = memoryVault()
  await addBackup(vault, 'bkp_1', { age: 90 })
  await addBackup(vault, 'bkp_2', { age: 1 })
  await vault.write(vaultKeys.catalogue('bkp_2'), '{}', 'application/json')
  expect(await expire(vault)).toEqual({ backups: 0, files: 0 })
  expect(keys()).toHaveLength(6)
})
