import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './support/synthesized.ts'

type Artifact = {
  type: string
  displayName: string
  environment: string
  properties: { terminationProtection?: boolean }
}

const project = join(import.meta.dirname, '../..')
const cli = join(project, 'node_modules/aws-cdk/bin/cdk')

/** No credentials, no configuration, no CDK settings of whoever runs the tests: as on a fresh machine without network. */
const environment = {
  PATH: `${join(project, 'node_modules/.bin')}:${process.env['PATH']}`,
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
}

const node = (args: string[], more: Record<string, string> = {}) =>
  spawnSync(process.execPath, args, { cwd: project, env: { ...environment, ...more }, encoding: 'utf8' })

describe('node infra/app.ts', () => {
  it('synthesizes every tenant, valid by the CloudFormation schemas, and says what to do next', () => {
    const outdir = temporaryFolder()
    const { status, stdout, stderr } = node(['infra/app.ts', '--output', outdir])
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^acme +9 +\d+ +\d+ +\d+$/m)
    expect(stdout).toContain("npx cdk deploy -c tenant=acme 'acme/*'")
    expect(existsSync(join(outdir, 'assembly-local/manifest.json'))).toBe(true)
  })

  it('refuses an unknown tenant', () => {
    const { status, stderr } = node(['infra/app.ts', '-c', 'tenant=nobody', '--output', temporaryFolder()])
    expect([status, stderr]).toEqual([1, 'There is no tenant "nobody": infra/tenants has acme, local.\n'])
  })
})

it('the CDK CLI lists the stacks of one tenant, in its region, and will not delete its data', () => {
  const outdir = temporaryFolder()
  const { status, stdout } = node([cli, 'ls', '-c', 'tenant=acme', '--output', outdir], { CDK_VALIDATION: 'false' })
  expect(status).toBe(0)
  expect(stdout.trim().split('\n')).toEqual(
    ['backup-copy', 'data', 'events', 'access-log', 'workflows', 'schedules', 'reminders', 'api', 'observability'].map(
      stack => `acme/${stack} (evergreen-acme-${stack})`,
    ),
  )
  const { artifacts } = JSON.parse(readFileSync(join(outdir, 'assembly-acme/manifest.json'), 'utf8'))
  const stacks = Object.values<Artifact>(artifacts).filter(({ type }) => type === 'aws:cloudformation:stack')
  expect(new Set(stacks.map(stack => stack.environment))).toEqual(
    new Set(['aws://unknown-account/eu-west-1', 'aws://unknown-account/eu-central-1']),
  )
  expect(stacks.filter(stack => stack.properties.terminationProtection).map(stack => stack.displayName)).toEqual([
    'acme/backup-copy',
    'acme/data',
    'acme/access-log',
  ])
})
