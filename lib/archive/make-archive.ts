import { createHash } from 'node:crypto'
import * as z from 'zod'
import { archiveDays, archiveFiles } from '#lib/archive/archive-files.ts'
import { type ArchiveSource, archiveTenant } from '#lib/archive/archive-tenant.ts'
import { loadRun, stateOf } from '#lib/cleanup/run-job.ts'
import { CrmError } from '#lib/errors.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { ArchiveReport } from '#schemas/api/backup-reports.ts'

/** What an archive is made with. */
export type ArchiveWork = Pick<ArchiveSource, 'tools' | 'accessLog'> & {
  files: Files
  /** Name of the files bucket, whose versions are read. */
  filesBucket: string
}

/** 20 s: time to say that there is not enough. */
const reserveMs = 20_000
const msOfDay = 86_400_000
const request = z.object({ backupId: z.string() })

/**
 * Writes the archive of a run, and ends the run. One that was killed is written anew from its beginning; one that has ended
 * stays: its report names the sum of its file.
 * @throws CrmError `backup_tampered`; `validation_failed` when it takes longer than a function may.
 */
export async function makeArchive(
  ctx: Context,
  { files, filesBucket, ...source }: ArchiveWork,
  { runId, remainingMs }: { runId: string; remainingMs(): number },
): Promise<void> {
  const record = await loadRun(ctx, runId)
  if (stateOf(record) !== 'running') return
  const { fields } = record
  const { backupId } = request.parse(fields['request'])
  const madeAt = new Date(String(fields['startedAt']))
  const archive = await archiveTenant({ ...source, files: filesBucket, backupId, madeAt })
  await tellStep(ctx, runId, 'archive')
  const sum = { bytes: 0, hash: createHash('sha256') }
  const key = archiveFiles.tar(runId)
  await files.write(key, counted(archive.bytes, sum, remainingMs), { contentType: 'application/x-tar' })
  const { cutOffAt, counts, missing } = archive.manifest()
  const report: ArchiveReport = {
    ...{ backupId, cutOffAt, bytes: sum.bytes, sha256: sum.hash.digest('hex'), counts, missing: missing.length },
    expiresAt: new Date(ctx.clock.now().getTime() + archiveDays * msOfDay).toISOString(),
  }
  await endRun(ctx, runId, { report })
}

type Sum = { bytes: number; hash: ReturnType<typeof createHash> }

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  sum: Sum,
  remainingMs: () => number,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (remainingMs() < reserveMs) throw tookTooLong(sum.bytes)
    sum.bytes += piece.length
    sum.hash.update(piece)
    yield piece
  }
}

function tookTooLong(bytes: number): CrmError {
  const detail = `The archive is larger than what 15 minutes write (${Math.round(bytes / 1e6)} MB so far). Write it from a machine with the account's credentials instead: npm run export-tenant, as docs/restoring.md says.`
  return new CrmError('validation_failed', detail, { members: { reason: 'archive_too_large' } })
}
