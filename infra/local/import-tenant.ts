import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tenantSettings } from '#schemas/tenant.ts'
import local from '../tenants/local.json' with { type: 'json' }
import { loadArchive } from './archive/load-archive.ts'
import { synthesizeTenant } from './synthesize.ts'

// npm run import-tenant -- everything.tar --into /path/of/new-folder : verifies an archive of a tenant, and makes a data folder of it that npm start serves.

const usage = `npm run import-tenant -- FILE.tar --into EMPTY_FOLDER [--public-key FILE.pem]
  --public-key  the key that must have signed it; else the one inside is taken, and its fingerprint printed to be compared`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { into: { type: 'string' }, 'public-key': { type: 'string' } },
})

try {
  const [file] = positionals
  if (file === undefined || flags.into === undefined) throw new Error(usage)
  await importTenant(file, flags.into)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function importTenant(archive: string, into: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'evergreen-import-'))
  const keyFile = flags['public-key']
  const started = performance.now()
  try {
    const { manifest, keyFingerprint, items, indexed } = await loadArchive({
      archive,
      into,
      assembly: await synthesizeTenant('local', scratch),
      tenant: 'local',
      listShards: tenantSettings.strip().parse(local).listShards,
      trusted: keyFile && readFileSync(keyFile, 'utf8'),
    })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${manifest.tenant} as of ${manifest.cutOffAt}: ${items} items, ${indexed} records in the search index`)
    console.log(
      `${manifest.counts.files} files; ${manifest.counts.accessLogs} files of the access log stay in the archive`,
    )
    console.log(`Signed by the key with SHA-256 ${keyFingerprint}`)
    console.log(`Done in ${seconds} s: EVERGREEN_DATA=${into} npm start`)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
