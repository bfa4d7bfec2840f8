import { type BackupTools, type Chain, readChain } from '#lib/backup/read-chain.ts'
import { verifyFile } from '#lib/backup/verify-file.ts'
import { verifyListing } from '#lib/backup/verify-listing.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'

/** 4 files at a time: one decompresses while others come. */
const atOnce = 4

/**
 * Checks a backup and all that it builds on before anything is made of it: signed catalogues that follow one another, exactly
 * their files in exactly their versions, and every byte of them.
 * `catalogueOnly` leaves out reading the files, for callers that share those out: `verifyFile` for each of `files`.
 * @throws CrmError `backup_tampered` naming the file and what is wrong; `unavailable`, when checking again is safe.
 */
export async function verifyChain(
  tools: BackupTools,
  backupId: string,
  { files = 'all' }: { files?: 'all' | 'catalogueOnly' } = {},
): Promise<Chain> {
  const chain = await readChain(tools, backupId)
  for (const link of chain.links) await verifyListing(tools.vault, link)
  if (files === 'all') await inParallel(chain.files, atOnce, file => verifyFile(tools.vault, file))
  return chain
}
