import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import type { Operation } from '../json-server.ts'
import { onlyKeyId } from './inputs.ts'
import { newMaterial } from './key-material.ts'
import { onKey } from './key-operations.ts'
import type { Key, KeyStore } from './key-store.ts'

const dayMs = 86_400_000

/** Operations that enable, disable, rotate and delete keys. */
export function lifecycleOperations(store: KeyStore, now: () => number): Record<string, Operation> {
  const deletion = onlyKeyId.extend({ PendingWindowInDays: z.int().min(7).max(30).default(30) })
  return {
    EnableKey: onKey(store, 'EnableKey', onlyKeyId, key => {
      assertNotPendingDeletion(key)
      store.setState('Enabled', null, key.id)
    }),
    DisableKey: onKey(store, 'DisableKey', onlyKeyId, key => {
      assertNotPendingDeletion(key)
      store.setState('Disabled', null, key.id)
    }),
    ScheduleKeyDeletion: onKey(store, 'ScheduleKeyDeletion', deletion, (key, input) => {
      assertNotPendingDeletion(key)
      const deletionAt = now() + input.PendingWindowInDays * dayMs
      store.setState('PendingDeletion', deletionAt, key.id)
      return {
        KeyId: store.arnOf(key.id),
        DeletionDate: deletionAt / 1000,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: input.PendingWindowInDays,
      }
    }),
    CancelKeyDeletion: onKey(store, 'CancelKeyDeletion', onlyKeyId, key => {
      if (key.state !== 'PendingDeletion') {
        throw new AwsError('KMSInvalidStateException', `${key.id} is not pending deletion.`)
      }
      store.setState('Disabled', null, key.id)
      return { KeyId: store.arnOf(key.id) }
    }),
    EnableKeyRotation: onKey(store, 'EnableKeyRotation', onlyKeyId, key => {
      store.setRotated(1, key.id)
    }),
    DisableKeyRotation: onKey(store, 'DisableKeyRotation', onlyKeyId, key => {
      store.setRotated(0, key.id)
    }),
    GetKeyRotationStatus: onKey(store, 'GetKeyRotationStatus', onlyKeyId, key => ({
      KeyId: key.id,
      KeyRotationEnabled: key.isRotated,
    })),
    RotateKeyOnDemand: onKey(store, 'RotateKeyOnDemand', onlyKeyId, key => {
      if (key.spec !== 'SYMMETRIC_DEFAULT') {
        throw new AwsError('UnsupportedOperationException', `${key.spec} keys do not rotate`)
      }
      const version = (store.latestMaterial(key.id)?.version ?? 0) + 1
      // One byte of a ciphertext holds the version.
      if (version > 255) throw new AwsError('LimitExceededException', 'The key was rotated 255 times')
      store.addMaterial(key.id, version, newMaterial(key.spec, key.usage))
      return { KeyId: key.id }
    }),
  }
}

function assertNotPendingDeletion(key: Key): void {
  if (key.state === 'PendingDeletion') throw new AwsError('KMSInvalidStateException', `${key.id} is pending deletion.`)
}
