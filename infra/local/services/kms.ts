import { join } from 'node:path'
import * as z from 'zod'
import type { Context, Service } from '../context.ts'
import { startKms } from '../engines/kms/start-kms.ts'
import { resourcesOf } from '../template.ts'

const keyProperties = z.object({
  Description: z.string().optional(),
  EnableKeyRotation: z.boolean().default(false),
  KeySpec: z.string().optional(),
  KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC']).optional(),
})

const aliasProperties = z.object({ AliasName: z.string() })

/** KMS with the template's keys. */
export const kms: Service = {
  name: 'kms',
  start: async context => {
    const { dataDir, assembly, authorize } = context
    const engine = await startKms({ dir: join(dataDir, 'kms'), region: assembly.region, authorize })
    context.started.kms = engine
    context.endpoints['kms'] = engine.url
    for (const { logicalId, stack, properties } of resourcesOf(assembly, 'AWS::KMS::Key')) {
      const { Description, EnableKeyRotation, KeySpec, KeyUsage } = keyProperties.parse(
        context.resolve(properties, stack),
      )
      const request = {
        isRotated: EnableKeyRotation,
        region: stack.region,
        ...(Description === undefined ? {} : { description: Description }),
        ...(KeySpec === undefined ? {} : { keySpec: KeySpec }),
        ...(KeyUsage === undefined ? {} : { keyUsage: KeyUsage }),
      }
      const { keyId } = engine.ensureKey(aliasOf(logicalId, context), request)
      context.addresses.keyIds.set(logicalId, keyId)
    }
    return engine.stop
  },
}

/** A key is found again by its alias: the template's, else one made of its logical id. */
function aliasOf(logicalId: string, { assembly, resolve }: Context): string {
  const alias = resourcesOf(assembly, 'AWS::KMS::Alias').find(({ properties: { TargetKeyId } }) =>
    JSON.stringify(TargetKeyId ?? '').includes(`"${logicalId}"`),
  )
  return alias ? aliasProperties.parse(resolve(alias.properties, alias.stack)).AliasName : `alias/${logicalId}`
}
