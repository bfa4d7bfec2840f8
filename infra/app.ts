import { parseArgs } from 'node:util'
import { describeAssembly } from '#infra/assembly.ts'
import { buildAssembly } from '#infra/synth.ts'
import { tenantNames } from '#infra/tenant-file.ts'

// The CDK CLI runs this file with these variables set; `npm run synth` and `npm start` may pass the same as options.
const { CDK_OUTDIR, CDK_CONTEXT_JSON, CDK_CLI_VERSION } = process.env

const { values } = parseArgs({
  options: {
    context: { type: 'string', short: 'c', multiple: true, default: [] },
    output: { type: 'string', short: 'o', default: CDK_OUTDIR ?? 'cdk.out' },
  },
})

/** Value of `-c <name>=...`, whichever way it came. */
function fromContext(name: string): string | undefined {
  const option = values.context.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  const context: unknown = JSON.parse(CDK_CONTEXT_JSON ?? '{}')
  const fromCli: unknown = typeof context === 'object' && context !== null ? Reflect.get(context, name) : undefined
  return option ?? (typeof fromCli === 'string' ? fromCli : undefined)
}

try {
  const tenant = fromContext('tenant')
  const started = performance.now()
  const { assembly, bundles } = await buildAssembly({
    tenants: tenant ? [tenant] : tenantNames(),
    outdir: values.output,
    restoreFrom: fromContext('restoreFrom'),
  })
  if (CDK_CLI_VERSION === undefined) {
    console.log(describeAssembly(assembly, bundles))
    console.log(`\nSynthesized into ${values.output} in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
