import { inspectFile } from '#lib/backup/inspect-file.ts'
import { type BackupTools, type ChainFile, readChain } from '#lib/backup/read-chain.ts'
import { verifyChain } from '#lib/backup/verify-chain.ts'
import { verifyFile } from '#lib/backup/verify-file.ts'
import { verifyListing } from '#lib/backup/verify-listing.ts'

/** Checks a backup; throws what it finds. */
export type Verifier = (tools: BackupTools, backupId: string) => Promise<unknown>

/** The verifier that restores trust, and twins of it with a mistake planted: the check must go red with each. */
export const verifiers = {
  none: verifyChain,
  /** Bytes are not held against their sums. */
  noSums: (tools, backupId) => {
    return verifyBy(tools, backupId, async file => {
      const source = await tools.vault.read(file.key, file.versionId)
      const { bytes, sha256, md5 } = await inspectFile(source, {
        key: file.key,
        ...(file.lines && { lines: file.lines }),
      })
      await verifyFile(tools.vault, { ...file, bytes, sha256, ...(file.md5 !== undefined && { md5 }) })
    })
  },
  /** Lines are not counted. */
  noCounts: (tools, backupId) => {
    return verifyBy(tools, backupId, ({ items: _none, ...file }) => verifyFile(tools.vault, file))
  },
  /** Whatever is signed by anybody will do. */
  noSignatures: ({ vault }, backupId) => verifyChain({ vault, evidence: { verify: async () => true } }, backupId),
  /** What lies beside the files is not looked at. */
  noListing: async (tools, backupId) => {
    for (const file of (await readChain(tools, backupId)).files) await verifyFile(tools.vault, file)
  },
} satisfies Record<string, Verifier>

export type VerifierName = keyof typeof verifiers

async function verifyBy(
  tools: BackupTools,
  backupId: string,
  verify: (file: ChainFile) => Promise<void>,
): Promise<void> {
  const chain = await readChain(tools, backupId)
  for (const link of chain.links) await verifyListing(tools.vault, link)
  for (const file of chain.files) await verify(file)
}
