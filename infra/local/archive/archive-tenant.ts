import type { BackupTools, Chain } from '#lib/backup/read-chain.ts'
import { verifyChain } from '#lib/backup/verify-chain.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import { chainLines } from '../restore/merge-chain.ts'
import { accessLogParts, fileParts } from './file-parts.ts'
import { itemParts } from './item-parts.ts'
import type { ArchiveManifest } from './manifest.ts'
import { textParts } from './text-parts.ts'
import { type Part, writeArchive } from './write-archive.ts'

/** What an archive is made of. */
export type ArchiveSource = {
  tools: Pick<BackupTools, 'vault'> & { evidence: EvidenceKey }
  backupId: string
  /** Bucket of attachments and reports. */
  files: string
  /** Bucket of the access log, where there is one. */
  accessLog?: string | undefined
  madeAt: Date
}

/**
 * Writes all that there is of a tenant, as of a backup, into one file; holds some megabytes at a time.
 * @throws CrmError `backup_tampered` naming the file of the vault, before anything is written.
 */
export async function archiveTenant(path: string, source: ArchiveSource): Promise<ArchiveManifest> {
  const { tools, backupId, madeAt } = source
  const chain = await verifyChain(tools, backupId)
  const { tenant, cutOffAt } = chain.newest
  const about = { tenant, cutOffAt, backupId, madeAt: madeAt.toISOString() }
  return writeArchive(path, { about, parts: allParts(source, chain), evidence: tools.evidence })
}

async function* allParts({ tools: { vault }, files, accessLog }: ArchiveSource, chain: Chain): AsyncGenerator<Part> {
  yield* textParts()
  yield* itemParts(chainLines({ vault, chain }))
  yield* fileParts({ vault, chain }, files)
  if (accessLog !== undefined) yield* accessLogParts(accessLog)
}
