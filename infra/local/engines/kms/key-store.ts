import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { booleanColumn, jsonColumn, openDatabase } from '../database.ts'
import type { EngineSettings } from '../engine.ts'
import { newMaterial } from './key-material.ts'

const schema = `
CREATE TABLE IF NOT EXISTS key (id TEXT PRIMARY KEY, spec TEXT, usage TEXT, description TEXT, policy TEXT, createdAt INTEGER,
  state TEXT, deletionAt INTEGER, isRotated INTEGER, tags TEXT);
CREATE TABLE IF NOT EXISTS material (keyId TEXT, version INTEGER, secret TEXT, PRIMARY KEY (keyId, version));
CREATE TABLE IF NOT EXISTS alias (name TEXT PRIMARY KEY, keyId TEXT);
CREATE TABLE IF NOT EXISTS elsewhere (keyId TEXT PRIMARY KEY, region TEXT);`

/** What a key may do. */
export const keyUsages = z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC'])

export type KeyUsage = z.infer<typeof keyUsages>

const keyRow = z.object({
  id: z.string(),
  spec: z.string(),
  usage: keyUsages,
  description: z.string(),
  policy: z.string().nullable(),
  createdAt: z.number(),
  state: z.enum(['Enabled', 'Disabled', 'PendingDeletion']),
  deletionAt: z.number().nullable(),
  isRotated: booleanColumn,
  tags: jsonColumn(z.array(z.object({ TagKey: z.string(), TagValue: z.string() }))),
})

/** A KMS key without its secret. */
export type Key = z.infer<typeof keyRow>

/** What a new key is made from. */
export type KeySpec = {
  spec: string
  usage: KeyUsage
  description: string
  policy: string | null
  /** The engine's own when nothing is said. */
  region?: string | undefined
}

const materialRow = z.object({ version: z.number(), secret: z.string() })
const elsewhereRow = z.object({ region: z.string() })
const aliasRow = z.object({ name: z.string(), keyId: z.string() })

/** Keys, their secrets and their aliases on disk. */
export type KeyStore = ReturnType<typeof openKeyStore>

/** Opens the keys kept in the engine's folder. */
export function openKeyStore(settings: EngineSettings) {
  const database = openDatabase(join(settings.dir, 'keys.db'), schema)
  const insertKey = database.change("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, 'Enabled', NULL, 0, '[]')")
  const insertMaterial = database.change('INSERT INTO material VALUES (?, ?, ?)')
  const putElsewhere = database.change('INSERT INTO elsewhere VALUES (?, ?)')
  const elsewhere = database.select(elsewhereRow, 'SELECT region FROM elsewhere WHERE keyId = ?')
  const regionOf = (id: string) => elsewhere.one(id)?.region ?? settings.region
  return {
    close: database.close,
    transaction: database.transaction,
    arnOf: (id: string) => `arn:aws:kms:${regionOf(id)}:${settings.accountId}:key/${id}`,
    aliasArnOf: (name: string) => `arn:aws:kms:${settings.region}:${settings.accountId}:${name}`,
    createKey: ({ spec, usage, description, policy, region = settings.region }: KeySpec): string => {
      const id = randomUUID()
      const secret = newMaterial(spec, usage)
      database.transaction(() => {
        insertKey(id, spec, usage, description, policy, settings.now())
        insertMaterial(id, 0, secret)
        if (region !== settings.region) putElsewhere(id, region)
      })
      return id
    },
    addMaterial: (keyId: string, version: number, secret: string) => insertMaterial(keyId, version, secret),
    keyById: database.select(keyRow, 'SELECT * FROM key WHERE id = ?').one,
    allKeys: database.select(keyRow, 'SELECT * FROM key ORDER BY id').all,
    latestMaterial: database.select(
      materialRow,
      'SELECT version, secret FROM material WHERE keyId = ? ORDER BY version DESC LIMIT 1',
    ).one,
    materialOf: database.select(materialRow, 'SELECT version, secret FROM material WHERE keyId = ? AND version = ?')
      .one,
    setState: database.change('UPDATE key SET state = ?, deletionAt = ? WHERE id = ?'),
    setRotated: database.change('UPDATE key SET isRotated = ? WHERE id = ?'),
    setPolicy: database.change('UPDATE key SET policy = ? WHERE id = ?'),
    setTags: database.change('UPDATE key SET tags = ? WHERE id = ?'),
    aliasByName: database.select(aliasRow, 'SELECT * FROM alias WHERE name = ?').one,
    allAliases: database.select(aliasRow, 'SELECT * FROM alias ORDER BY name').all,
    putAlias: database.change('INSERT OR REPLACE INTO alias VALUES (?, ?)'),
    deleteAlias: database.change('DELETE FROM alias WHERE name = ?'),
  }
}

/** Finds a key by id, key ARN, alias or alias ARN. */
export function findKey(store: KeyStore, reference: string): Key {
  const name = reference.replace(/^arn:[^/]*:(?=alias\/)/, '').replace(/^arn:[^/]*:key\//, '')
  const id = name.startsWith('alias/') ? store.aliasByName(name)?.keyId : name
  const key = id === undefined ? undefined : store.keyById(id)
  if (key === undefined) throw new AwsError('NotFoundException', `Key '${reference}' does not exist`)
  return key
}

/** Throws unless the key is enabled and made for the usage. */
export function assertUsable(store: KeyStore, key: Key, usage: KeyUsage): void {
  const arn = store.arnOf(key.id)
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${arn} is disabled.`)
  if (key.state === 'PendingDeletion') throw new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`)
  if (key.usage !== usage) {
    throw new AwsError('InvalidKeyUsageException', `${arn} is for ${key.usage}, not for ${usage}`)
  }
}
