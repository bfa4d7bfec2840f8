import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod'

/** One resource of a synthesized template, its properties still holding intrinsic functions. */
export type Resource = {
  stack: Stack
  logicalId: string
  type: string
  properties: Record<string, unknown>
  metadata: Record<string, unknown>
}

/** One synthesized CloudFormation stack of a tenant. */
export type Stack = {
  name: string
  region: string
  resources: ReadonlyMap<string, Resource>
  outputs: ReadonlyMap<string, Output>
  mappings: Record<string, unknown>
  conditions: Record<string, unknown>
  parameters: Record<string, unknown>
  /** Asset hash -> absolute path of the staged file or directory. */
  assets: ReadonlyMap<string, string>
}

type Output = { value: unknown; exportName: unknown }

/** Everything the synthesized app says about one tenant: the only source the local runtime reads. */
export type Assembly = { tenant: string; region: string; stacks: readonly Stack[] }

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      properties: z.object({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
})

const templateSchema = z.object({
  Resources: z
    .record(
      z.string(),
      z.object({
        Type: z.string(),
        Properties: z.record(z.string(), z.unknown()).default({}),
        Metadata: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default({}),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
  Mappings: z.record(z.string(), z.unknown()).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
})

const assetsSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string().optional() }) })).default({}),
})

/** Region of a stack synthesized without one, as AWS's own tools default to. */
const defaultRegion = 'us-east-1'

/** Reads the stacks of one tenant from a cloud assembly (`cdk.out`); throws when that tenant was not synthesized. */
export function readAssembly(directory: string, tenant: string): Assembly {
  const stage = resolve(directory, `assembly-${tenant}`)
  if (!existsSync(join(stage, 'manifest.json'))) {
    throw new Error(`No synthesized tenant "${tenant}" in ${directory}: run npm run synth -- -c tenant=${tenant}`)
  }
  const { artifacts } = manifestSchema.parse(readJson(join(stage, 'manifest.json')))
  const stacks = Object.entries(artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) =>
      readStack(stage, {
        name: artifact.properties?.stackName ?? id,
        region: regionOf(artifact.environment),
        templateFile: artifact.properties?.templateFile ?? `${id}.template.json`,
      }),
    )
  return { tenant, region: mainRegion(stacks), stacks }
}

/** All resources of the given CloudFormation types, in template order. */
export function resourcesOf(assembly: Assembly, ...types: string[]): Resource[] {
  return assembly.stacks.flatMap(stack => [...stack.resources.values()].filter(({ type }) => types.includes(type)))
}

/** Where most stacks are: only copies are in the second region. */
function mainRegion(stacks: readonly Stack[]): string {
  const regions = stacks.map(({ region }) => region)
  const times = (region: string) => regions.filter(each => each === region).length
  return regions.toSorted((a, b) => times(b) - times(a))[0] ?? defaultRegion
}

function readStack(stage: string, from: { name: string; region: string; templateFile: string }): Stack {
  const template = templateSchema.parse(readJson(join(stage, from.templateFile)))
  const resources = new Map<string, Resource>()
  const outputs = Object.entries(template.Outputs).map(
    ([id, { Value, Export }]) => [id, { value: Value, exportName: Export?.Name }] as const,
  )
  const stack: Stack = {
    name: from.name,
    region: from.region,
    resources,
    outputs: new Map(outputs),
    mappings: template.Mappings,
    conditions: template.Conditions,
    parameters: Object.fromEntries(Object.entries(template.Parameters).map(([id, { Default }]) => [id, Default])),
    assets: readAssets(stage, from.templateFile.replace('.template.json', '.assets.json')),
  }
  for (const [logicalId, { Type, Properties, Metadata }] of Object.entries(template.Resources)) {
    resources.set(logicalId, { stack, logicalId, type: Type, properties: Properties, metadata: Metadata })
  }
  return stack
}

function readAssets(stage: string, file: string): Map<string, string> {
  if (!existsSync(join(stage, file))) return new Map()
  const { files } = assetsSchema.parse(readJson(join(stage, file)))
  return new Map(Object.entries(files).map(([hash, { source }]) => [hash, resolve(stage, source.path ?? '')]))
}

function regionOf(environment = ''): string {
  const region = environment.split('/').at(-1) ?? ''
  return region === '' || region === 'unknown-region' ? defaultRegion : region
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
