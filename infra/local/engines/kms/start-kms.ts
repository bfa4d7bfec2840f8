import type { Engine, EngineOptions } from '../engine.ts'
import { engineSettings } from '../engine.ts'
import { startJsonServer } from '../json-server.ts'
import { encryptionOperations } from './encryption-operations.ts'
import { aliasOperations, keyOperations } from './key-operations.ts'
import { findKey, type KeyStore, type KeyUsage, openKeyStore } from './key-store.ts'
import { lifecycleOperations } from './lifecycle-operations.ts'
import { signingOperations } from './signing-operations.ts'

/** What `ensureKey` makes; a symmetric encryption key when nothing is said. */
type KeyRequest = {
  keySpec?: string
  keyUsage?: KeyUsage
  description?: string
  isRotated?: boolean
  /** Region of the key, where it is not the engine's own. */
  region?: string
}

/** A running KMS. */
export type Kms = Engine & {
  /** Makes the key behind an alias (`alias/...`) unless it exists, and answers its id and ARN. */
  ensureKey(alias: string, request?: KeyRequest): { keyId: string; arn: string }
}

/** Starts a KMS that keeps its keys in `dir`. */
export async function startKms(options: EngineOptions): Promise<Kms> {
  const settings = engineSettings(options)
  const store = openKeyStore(settings)
  const operations = {
    ...keyOperations(store, settings.accountId),
    ...aliasOperations(store),
    ...lifecycleOperations(store, settings.now),
    ...encryptionOperations(store),
    ...signingOperations(store),
  }
  const service = { target: 'TrentService', version: '1.1', operations, invalidInput: 'ValidationException' } as const
  const server = await startJsonServer(service, settings)
  return {
    url: server.url,
    ensureKey: (alias, request = {}) => ensureKey(store, alias, request),
    stop: async () => {
      await server.stop()
      store.close()
    },
  }
}

function ensureKey(store: KeyStore, alias: string, request: KeyRequest): { keyId: string; arn: string } {
  return store.transaction(() => {
    if (store.aliasByName(alias) === undefined) store.putAlias(alias, createKey(store, request))
    const { id } = findKey(store, alias)
    if (request.isRotated !== undefined) store.setRotated(request.isRotated ? 1 : 0, id)
    return { keyId: id, arn: store.arnOf(id) }
  })
}

function createKey(store: KeyStore, request: KeyRequest): string {
  const { keySpec: spec = 'SYMMETRIC_DEFAULT', keyUsage: usage = 'ENCRYPT_DECRYPT', description = '', region } = request
  return store.createKey({ spec, usage, description, policy: null, region })
}
