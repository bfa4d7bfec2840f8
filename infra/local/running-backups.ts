import { join } from 'node:path'
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { openVault, type Vault } from '#lib/backup/vault.ts'
import { type EvidenceKey, openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { runningStack } from './endpoints-file.ts'
import { createNaming } from './names.ts'
import { type SourceNames, sourceNames } from './restore/source-names.ts'
import { dataFolder } from './settings.ts'
import { readAssembly } from './template.ts'

/** The vault of the running local stack, its evidence key, and what its buckets are called. */
export type RunningBackups = { vault: Vault; evidence: EvidenceKey; names: SourceNames; accessLog: string | undefined }

/** Points the SDK at the running local stack and opens its vault; throws, saying what to do, when none runs. */
export async function backupsOfRunningStack(): Promise<RunningBackups> {
  const running = runningStack()
  const assembly = readAssembly(join(dataFolder(), 'cloud'), 'local')
  const names = sourceNames(assembly, createNaming(assembly, { keyIds: new Map() }))
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: running.endpoints['s3'],
    AWS_ENDPOINT_URL_KMS: running.endpoints['kms'],
    AWS_REGION: assembly.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  const { KeyMetadata } = await new KMSClient({}).send(new DescribeKeyCommand({ KeyId: names.evidenceAlias }))
  const evidence = openEvidenceKey(KeyMetadata?.Arn ?? names.evidenceAlias)
  return { vault: openVault(names.vault), evidence, names, accessLog: running.accessLog?.['ACCESS_LOG_BUCKET'] }
}
