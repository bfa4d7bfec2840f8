import * as z from 'zod'
import type { Permission } from '../json-server.ts'
import { findKey, type KeyStore } from './key-store.ts'

/** Bytes, which JSON carries in base64. */
export const blob = z.base64().transform(text => Buffer.from(text, 'base64'))

/** Input of the operations that name a key and nothing else. */
export const onlyKeyId = z.object({ KeyId: z.string() })

/** The permission to do an action with the key that a reference names. */
export function keyPermission(store: KeyStore, action: string, reference: string): Permission[] {
  return [{ action: `kms:${action}`, resource: store.arnOf(findKey(store, reference).id) }]
}
