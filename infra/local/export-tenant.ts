import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { type ArchiveSource, archiveTenant } from '#lib/archive/archive-tenant.ts'
import { openVault } from '#lib/backup/vault.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { writeArchive } from './archive/write-archive.ts'
import { openClient } from './client.ts'
import { makeBackup } from './make-backup.ts'
import { backupNamed } from './restore/restore-folder.ts'
import { backupsOfRunningStack } from './running-backups.ts'

// npm run export-tenant -- everything.tar : everything that the running CRM keeps, as of now, in one signed file; with --vault the same of a tenant on AWS, by the credentials of the account.

const usage = `npm run export-tenant -- FILE.tar [--backup ID|latest] [--as admin@example.com]
npm run export-tenant -- FILE.tar --vault BUCKET --files BUCKET --access-log BUCKET [--backup ID|latest] [--key alias/evergreen-TENANT-evidence] [--tenant acme]
  --backup  as of that backup; of a running stack a new one is made unless told, on AWS the latest is taken`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backup: { type: 'string' },
    as: { type: 'string', default: 'admin@example.com' },
    vault: { type: 'string' },
    files: { type: 'string' },
    'access-log': { type: 'string' },
    key: { type: 'string' },
    tenant: { type: 'string', default: 'acme' },
  },
})

try {
  const [file] = positionals
  if (file === undefined) throw new Error(usage)
  await exportTenant(file)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function exportTenant(file: string): Promise<void> {
  const started = performance.now()
  const source = flags.vault === undefined ? await sourceHere() : await sourceOnAws(flags.vault)
  const { counts, members, missing, cutOffAt } = await writeArchive(file, await archiveTenant(source))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB in ${members.length} parts, as of ${cutOffAt}, in ${seconds} s`,
  )
  for (const [name, count] of Object.entries(counts)) console.log(`  ${name.padEnd(12)}${String(count).padStart(9)}`)
  for (const key of missing) console.log(`  not there any more: ${key}`)
}

async function sourceHere(): Promise<ArchiveSource> {
  const { vault, evidence, names, accessLog } = await backupsOfRunningStack()
  const wanted = flags.backup ?? (await makeBackup(await openClient(flags.as)))
  const backupId = await backupNamed(vault, wanted)
  return { tools: { vault, evidence }, backupId, files: names.files, accessLog, madeAt: new Date() }
}

async function sourceOnAws(bucket: string): Promise<ArchiveSource> {
  const { files, 'access-log': accessLog, backup = 'latest', key = `alias/evergreen-${flags.tenant}-evidence` } = flags
  if (files === undefined || accessLog === undefined) throw new Error(usage)
  const { KeyMetadata } = await new KMSClient({}).send(new DescribeKeyCommand({ KeyId: key }))
  const tools = { vault: openVault(bucket), evidence: openEvidenceKey(KeyMetadata?.Arn ?? key) }
  return { tools, backupId: await backupNamed(tools.vault, backup), files, accessLog, madeAt: new Date() }
}
