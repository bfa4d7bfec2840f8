import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { archiveTenant } from './archive/archive-tenant.ts'
import { openClient } from './client.ts'
import { makeBackup } from './make-backup.ts'
import { backupNamed } from './restore/restore-folder.ts'
import { backupsOfRunningStack } from './running-backups.ts'

// npm run export-tenant -- everything.tar : everything that the running CRM keeps, as of now, in one signed file.

const usage = `npm run export-tenant -- FILE.tar [--backup ID|latest] [--as admin@example.com]
  --backup  as of that backup; a new one is made unless told`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { backup: { type: 'string' }, as: { type: 'string', default: 'admin@example.com' } },
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
  const { vault, evidence, names, accessLog } = await backupsOfRunningStack()
  const wanted = flags.backup ?? (await makeBackup(await openClient(flags.as)))
  const backupId = await backupNamed(vault, wanted)
  const source = { tools: { vault, evidence }, backupId, files: names.files, accessLog, madeAt: new Date() }
  const { counts, members, cutOffAt } = await archiveTenant(file, source)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB in ${members.length} parts, as of ${cutOffAt}, in ${seconds} s`,
  )
  for (const [name, count] of Object.entries(counts)) console.log(`  ${name.padEnd(12)}${String(count).padStart(9)}`)
}
