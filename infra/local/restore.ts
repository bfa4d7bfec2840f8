import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tenantSettings } from '#schemas/tenant.ts'
import local from '../tenants/local.json' with { type: 'json' }
import { restoreFolder } from './restore/restore-folder.ts'
import { dataFolder } from './settings.ts'
import { synthesizeTenant } from './synthesize.ts'

// npm run restore -- latest --into /path/of/new-folder : makes a data folder of a backup. The stack that made the backup must not run; EVERGREEN_DATA=/path/of/new-folder npm start serves the new one.

const usage = `npm run restore -- BACKUP|latest --into EMPTY_FOLDER [--from DATA_FOLDER] [--copy] [--public-key FILE.pem]
  --from        the folder whose vault has the backup: EVERGREEN_DATA or .evergreen unless told
  --copy        out of the copy in the second region
  --public-key  verify with this key instead of the folder's own`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    into: { type: 'string' },
    from: { type: 'string' },
    copy: { type: 'boolean', default: false },
    'public-key': { type: 'string' },
  },
})

try {
  const [backup] = positionals
  if (backup === undefined || flags.into === undefined) throw new Error(usage)
  await restore(backup, flags.into)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function restore(backup: string, into: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'evergreen-restore-'))
  const started = performance.now()
  try {
    const { backupId, cutOffAt, items, indexed, files, seconds } = await restoreFolder({
      backup,
      from: flags.from ?? dataFolder(),
      into,
      assembly: await synthesizeTenant('local', scratch),
      tenant: 'local',
      listShards: tenantSettings.strip().parse(local).listShards,
      useCopy: flags.copy,
      publicKey: flags['public-key'],
      log: line => console.log(line),
    })
    const laps = Object.entries(seconds).map(([name, value]) => `${name} ${value.toFixed(1)} s`)
    console.log(
      `${backupId}: ${items} items as of ${cutOffAt}, ${indexed} records in the search index, ${files.copied} files`,
    )
    for (const key of files.missing) console.log(`  not there any more: ${key}`)
    console.log(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s (${laps.join(', ')})`)
    console.log(`EVERGREEN_DATA=${into} npm start`)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
