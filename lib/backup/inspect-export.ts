import { createHash } from 'node:crypto'
import * as z from 'zod'
import {
  type BackupPlan,
  backupFiles,
  type ExportedFile,
  type ExportedTable,
  keepOnce,
  readKept,
} from '#lib/backup/backup-files.ts'
import type { VaultFile } from '#lib/backup/catalogue.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { tampered } from '#lib/backup/tampered.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { exportRoot, incrementalData } from '#lib/backup/vault-keys.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'

/** A share of an export's files, as an item of the workflow's map. */
export type ExportShare = { runId: string; share: number; shares: number }

/** 40 shares at the most: an export of a terabyte has thousands of files. */
const mostShares = 40

const time = z.string().transform(text => new Date(text).toISOString())
const summary = z.object({
  exportArn: z.string(),
  exportTime: time.optional(),
  exportFromTime: time.optional(),
  exportToTime: time.optional(),
  itemCount: z.int().min(0),
  billedSizeBytes: z.int().min(0),
})
const manifestLine = z.object({ itemCount: z.int().min(0), md5Checksum: z.string(), dataFileS3Key: z.string() })

/**
 * Reads the manifests of a finished export, checks that they fit each other and what was asked for, and shares its files out.
 * @throws CrmError `backup_tampered` naming the file that is not what it must be.
 */
export async function inspectExport(
  ctx: Context,
  { files, vault }: BackupWork,
  { runId, exportArn }: { runId: string; exportArn: string },
): Promise<{ runId: string; lanes: ExportShare[] }> {
  const plan = await readKept<BackupPlan>(files, backupFiles.plan(runId))
  const found = await readManifests(vault, plan, exportArn)
  const exported = await keepOnce(files, backupFiles.exported(runId), found)
  await tellStep(ctx, runId, 'verify', { name: 'export', count: exported.items })
  const shares = Math.min(mostShares, exported.files.length)
  return { runId, lanes: Array.from({ length: shares }, (_, share) => ({ runId, share, shares })) }
}

async function readManifests(vault: Vault, plan: BackupPlan, exportArn: string): Promise<ExportedTable> {
  const root = exportRoot(exportArn)
  const manifests = await readSmallFiles(vault, root)
  const textOf = (name: string) => checkedText(manifests, root + name)
  const key = `${root}manifest-summary.json`
  const told = parse(summary, textOf('manifest-summary'), key)
  const files = textOf('manifest-files')
    .split('\n')
    .filter(line => line !== '')
    .map((line): ExportedFile => {
      const { itemCount, md5Checksum, dataFileS3Key } = parse(manifestLine, line, `${root}manifest-files.json`)
      return { key: dataFileS3Key, items: itemCount, md5: md5Checksum }
    })
  const items = files.reduce((sum, file) => sum + file.items, 0)
  if (told.exportArn !== exportArn) throw tampered(key, `is of another export, ${told.exportArn}`)
  if (told.itemCount !== items) throw tampered(key, `counts ${told.itemCount} items, its files have ${items}`)
  await checkFolder(vault, { root, manifests, files })
  return {
    exportArn,
    cutOffAt: cutOffOf(plan, told, key),
    items,
    billedBytes: told.billedSizeBytes,
    manifests: [...manifests.values()].map(({ text: _text, ...file }) => file),
    files,
  }
}

type SmallFile = VaultFile & { text: string }

/** Everything of the export's own folder that is no data: manifests, their sums, the mark that it began. */
async function readSmallFiles(vault: Vault, root: string): Promise<Map<string, SmallFile>> {
  const found = new Map<string, SmallFile>()
  for await (const { key } of vault.list(root)) {
    if (key.startsWith(`${root}data/`)) continue
    const head = await vault.head(key)
    if (!head) throw tampered(key, 'is missing')
    const text = await vault.readText(key, head.versionId)
    const sha256 = createHash('sha256').update(text).digest('hex')
    found.set(key, { key, versionId: head.versionId, bytes: Buffer.byteLength(text), sha256, text })
  }
  return found
}

function checkedText(manifests: ReadonlyMap<string, SmallFile>, name: string): string {
  const text = manifests.get(`${name}.json`)?.text
  const md5 = manifests.get(`${name}.md5`)?.text
  if (text === undefined) throw tampered(`${name}.json`, 'is missing')
  if (md5 === undefined) throw tampered(`${name}.md5`, 'is missing')
  if (createHash('md5').update(text).digest('base64') !== md5.trim())
    throw tampered(`${name}.json`, 'has other bytes than its sum says (MD5)')
  return text
}

/** The data files are where DynamoDB puts those of this kind of export, and in a folder of their own there are no others. */
async function checkFolder(
  vault: Vault,
  { root, files }: { root: string; manifests: ReadonlyMap<string, SmallFile>; files: readonly ExportedFile[] },
): Promise<void> {
  const named = new Set(files.map(({ key }) => key))
  for (const key of named)
    if (!key.startsWith(`${root}data/`) && !key.startsWith(incrementalData))
      throw tampered(`${root}manifest-files.json`, `names ${key}, which is no data file of it`)
  for await (const { key } of vault.list(`${root}data/`)) if (!named.has(key)) throw tampered(key, 'is in no manifest')
}

/** The moment that the export is of, by its own word; it must go on exactly where the backup before it ended. */
function cutOffOf({ kind, base }: BackupPlan, told: z.output<typeof summary>, key: string): string {
  const at = kind === 'full' ? told.exportTime : told.exportToTime
  if (at === undefined) throw tampered(key, `is of no ${kind} export`)
  if (base && told.exportFromTime !== base.cutOffAt)
    throw tampered(key, `begins at ${told.exportFromTime}, the backup before it ended at ${base.cutOffAt}`)
  return at
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string, key: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw tampered(key, `is no manifest of a known kind: ${error instanceof Error ? error.message : error}`)
  }
}
