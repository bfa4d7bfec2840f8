import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
import type { CloudAssembly } from 'aws-cdk-lib/cx-api'
import { AwsSolutionsChecks } from 'cdk-nag'
import * as z from 'zod'
import { type Bundles, bundleFunctions } from '#infra/bundle.ts'
import { entries } from '#infra/entries.ts'
import { Tenant } from '#infra/tenant.ts'
import { readTenant } from '#infra/tenant-file.ts'
import { type TenantFile, tenantFile } from '#schemas/tenant.ts'

type SynthOptions = {
  /** Names of files in infra/tenants. */
  tenants: readonly string[]
  /** Makes the only tenant's table of records of this backup: `<vault bucket>/<backup id>`. */
  restoreFrom?: string | undefined
  /** Cloud assembly folder, made when missing. */
  outdir: string
  /** Folder for bundles that a caller wants to keep; by default a temporary one, removed at the end. */
  bundleDir?: string
  /** Folder that holds functions/; by default this project. */
  root?: string
}

const project = join(import.meta.dirname, '..')

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) })

/** Bundles the functions and synthesizes the tenants' stacks, offline; returns the cloud assembly folder. */
export async function synthesize(options: SynthOptions): Promise<string> {
  return (await buildAssembly(options)).assembly.directory
}

/** Like `synthesize`, with the assembly itself and the size of each bundle. */
export async function buildAssembly(options: SynthOptions): Promise<{ assembly: CloudAssembly; bundles: Bundles }> {
  const { tenants, outdir, bundleDir, root = project } = options
  const files = tenants.map(name => restored(readTenant(name), options))
  const bundlesAt = bundleDir ?? mkdtempSync(join(tmpdir(), 'evergreen-bundles-'))
  try {
    const bundles = await bundleFunctions({ entries, root, outdir: bundlesAt })
    const app = new App({ outdir, context: cdkContext(), analyticsReporting: false })
    for (const tenant of files) new Tenant(app, { tenant, bundles })
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }))
    return { assembly: app.synth(), bundles }
  } finally {
    if (bundleDir === undefined) rmSync(bundlesAt, { recursive: true, force: true })
  }
}

function restored(tenant: TenantFile, { tenants, restoreFrom }: SynthOptions): TenantFile {
  if (restoreFrom === undefined) return tenant
  if (tenants.length !== 1) throw new Error('Say which tenant to restore: -c tenant=<name> -c restoreFrom=<backup>')
  const parsed = tenantFile.shape.restoreFrom.safeParse(restoreFrom)
  if (!parsed.success)
    throw new Error(`restoreFrom must be ${parsed.error.issues[0]?.message}: <vault bucket>/<backup id>`)
  return { ...tenant, restoreFrom: parsed.data }
}

/** Feature flags: the CLI passes them, any other caller reads them from cdk.json. */
function cdkContext(): Record<string, unknown> {
  return cdkJson.parse(JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8'))).context
}
