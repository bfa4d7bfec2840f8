import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { entries } from '#infra/entries.ts'
import { synthesize } from '#infra/synth.ts'

// biome-ignore lint/suspicious/noExplicitAny: a template is arbitrary JSON, and assertions say what they expect of it.
export type Properties = any
export type Resource = { Type: string; Properties: Properties; DeletionPolicy?: string; UpdateReplacePolicy?: string }
export type Resources = Record<string, Resource>

// CDK's check against CloudFormation's schemas takes longer than all the rest: app.test.ts runs it once for all.
process.env['CDK_VALIDATION'] = 'false'

const stackNames = [
  'backup-copy',
  'data',
  'events',
  'access-log',
  'workflows',
  'schedules',
  'reminders',
  'reminders',
  'api',
  'observability',
] as const

/** Resources of a tenant's stacks, and all of them together (logical ids prefixed by the stack). */
export type Synthesized = Record<(typeof stackNames)[number] | 'all', Resources>

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder of the test's own, removed when its file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-infra-'))
  folders.push(folder)
  return folder
}

/** A project folder whose functions are the given sources, by entry; packages are this project's. */
export function projectWith(sources: Record<string, string>): string {
  const root = temporaryFolder()
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(root, 'node_modules'))
  for (const [entry, source] of Object.entries(sources)) {
    const file = join(root, 'functions', `${entry}.ts`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, source)
  }
  return root
}

/** A project folder with a one-line function for every entry: templates do not depend on what functions do. */
export const projectOfStubs = (): string =>
  projectWith(Object.fromEntries(entries.map(entry => [entry, `export const handler = async () => '${entry}'`])))

/** Synthesizes tenants; call it once per test file. */
export async function synthesizeTenants<Name extends string>(...tenants: Name[]): Promise<Record<Name, Synthesized>> {
  const outdir = temporaryFolder()
  await synthesize({ tenants, outdir, root: projectOfStubs() })
  return Object.fromEntries(tenants.map(tenant => [tenant, readStacks(outdir, tenant)])) as Record<Name, Synthesized>
}

/** The data stack of a tenant, with its table made of a backup where one is given. */
export async function synthesizeRestored(tenant: string, options: { restoreFrom?: string }): Promise<Resources> {
  const outdir = temporaryFolder()
  await synthesize({ tenants: [tenant], outdir, root: projectOfStubs(), ...options })
  return readStacks(outdir, tenant).data
}

function readStacks(outdir: string, tenant: string): Synthesized {
  const folder = join(outdir, `assembly-${tenant}`)
  const files = readdirSync(folder).filter(file => file.endsWith('.template.json'))
  const read = (stack: string): Resources => {
    const file = files.find(name => name.startsWith(tenant + stack.replace('-', ''))) ?? `${stack} is missing`
    return JSON.parse(readFileSync(join(folder, file), 'utf8')).Resources
  }
  const stacks = stackNames.map(stack => [stack, read(stack)] as const)
  const all = stacks.flatMap(([stack, resources]) =>
    Object.entries(resources).map(([id, resource]) => [`${stack}/${id}`, resource] as const),
  )
  return { ...Object.fromEntries(stacks), all: Object.fromEntries(all) } as Synthesized
}

/** All resources of a type, with their logical ids. */
export const ofType = (resources: Resources, type: string): [id: string, resource: Resource][] =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type)

/** The properties of the only resource of a type. */
export function only(resources: Resources, type: string): Properties {
  const found = ofType(resources, type)
  if (found.length !== 1) throw new Error(`Expected one ${type}, found ${found.length}`)
  return found[0]?.[1].Properties ?? {}
}

/** The properties of a function, by its name after the tenant's prefix. */
export function functionNamed(resources: Resources, name: string): Properties {
  const functions = ofType(resources, 'AWS::Lambda::Function').map(([, resource]) => resource.Properties)
  const found = functions.find(fn => fn.FunctionName.replace(/^evergreen-[a-z]+-/, '') === name)
  if (!found) throw new Error(`There is no function ${name}`)
  return found
}

/** Statements of the role of a function. */
export function statementsOf(resources: Resources, name: string): Properties[] {
  const roleId = functionNamed(resources, name).Role['Fn::GetAtt'][0]
  const role = Object.entries(resources).find(([id]) => id.endsWith(roleId))?.[1]
  return role?.Properties.Policies.flatMap((policy: Properties) => policy.PolicyDocument.Statement) ?? []
}
