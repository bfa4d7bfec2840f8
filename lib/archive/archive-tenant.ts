import { type Archive, createArchive, type Part } from '#lib/archive/create-archive.ts'
import { accessLogParts, fileParts } from '#lib/archive/file-parts.ts'
import { itemParts } from '#lib/archive/item-parts.ts'
import { textParts } from '#lib/archive/text-parts.ts'
import { chainLines } from '#lib/backup/chain-lines.ts'
import type { BackupTools, Chain } from '#lib/backup/read-chain.ts'
import { verifyChain } from '#lib/backup/verify-chain.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'

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
 * All that there is of a tenant, as of a backup, on its way into one file; holds some megabytes at a time.
 * @throws CrmError `backup_tampered` naming the file of the vault, before there is a first byte.
 */
export async function archiveTenant(source: ArchiveSource): Promise<Archive> {
  const { tools, backupId, madeAt } = source
  const chain = await verifyChain(tools, backupId)
  const { tenant, cutOffAt } = chain.newest
  const missing: string[] = []
  const about = { tenant, cutOffAt, backupId, madeAt: madeAt.toISOString(), missing }
  return createArchive({ about, parts: allParts(source, chain, missing), evidence: tools.evidence })
}

async function* allParts(
  { tools: { vault }, files, accessLog }: ArchiveSource,
  chain: Chain,
  missing: string[],
): AsyncGenerator<Part> {
  yield* textParts()
  yield* itemParts(chainLines({ vault, chain }))
  yield* fileParts({ vault, chain }, { bucket: files, missing })
  if (accessLog !== undefined) yield* accessLogParts(accessLog)
}
