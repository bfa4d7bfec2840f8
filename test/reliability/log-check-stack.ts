import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startStack } from '#infra/local/stack.ts'
import { synthesize } from '#infra/synth.ts'
import { alteredRoot } from '../support/altered-root.ts'
import { plantedMistakes } from './log-check-bugs.ts'

// Runs a stack for access-log-check, which kills it: `log-check-stack.ts <data folder> <planted mistake or ''>`.

const [dataDir = '', mistake = ''] = process.argv.slice(2)

/** The tenant's stacks, throttled so that some calls are refused by the gateway; once, a later start finds them. */
async function assemblyOf(): Promise<string> {
  const cloud = join(dataDir, 'cloud')
  if (existsSync(cloud)) return cloud
  process.env['CDK_VALIDATION'] = 'false'
  const working = `${cloud}.new`
  await synthesize({
    tenants: ['local'],
    outdir: working,
    ...(mistake !== '' && { root: alteredRoot(join(dataDir, 'planted'), plantedMistakes(mistake)) }),
  })
  const stage = join(working, 'assembly-local')
  for (const file of readdirSync(stage).filter(
    name => name.startsWith('localapi') && name.endsWith('.template.json'),
  )) {
    const text = readFileSync(join(stage, file), 'utf8')
    const limits = '"ThrottlingBurstLimit": 12,\n "ThrottlingRateLimit": 120'
    writeFileSync(
      join(stage, file),
      text.replace(/"ThrottlingBurstLimit": ?\d+,\s*"ThrottlingRateLimit": ?\d+/, limits),
    )
  }
  renameSync(working, cloud)
  return cloud
}

const stack = await startStack({ assembly: await assemblyOf(), tenant: 'local', dataDir, port: 0 })
process.on('message', question => {
  if (question === 'drain') void stack.drain({ isWhole: true }).then(() => process.send?.('drained'))
})
process.once('disconnect', () => void stack.stop().finally(() => process.exit(0)))
process.send?.({
  url: stack.url,
  s3: stack.endpoints['s3'],
  token: await stack.tokenFor('admin@example.com'),
  rep: await stack.tokenFor('rep@example.com'),
})
