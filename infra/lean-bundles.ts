import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'esbuild'
// Loading the definitions checks them: bundles need not do it again.
import '#schemas/registry.ts'

/** A module that stands in for one that no function uses. */
type StandIn = {
  /** How it is imported. */
  imported: RegExp
  /** Files that import it so. */
  importer: RegExp
  contents: string
}

/**
 * Parts of the SDK that no function uses. Lambda has its credentials in the environment: the chain of other sources would be
 * half of each bundle. DynamoDB's discovery of endpoints is off unless asked for, and no command looks at what the client keeps
 * for it. Node hashes by itself, the region is in the environment, and retries are not the adaptive ones. Of its own package.json a
 * client tells its version.
 */
const unusedOfSdk: readonly StandIn[] = [
  {
    imported: /^@aws-sdk\/credential-provider-node$/,
    importer: /./,
    contents: `import { fromEnv } from '@aws-sdk/credential-provider-env'\nexport const defaultProvider = fromEnv`,
  },
  {
    imported: /^@aws-sdk\/middleware-endpoint-discovery$/,
    importer: /./,
    contents: `export const resolveEndpointDiscoveryConfig = config => config\nexport const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => undefined, configFileSelector: () => undefined, default: undefined }`,
  },
  { imported: /\/Sha256Js$/, importer: /@smithy\/core\//, contents: 'export const Sha256Js = undefined' },
  {
    imported: /\/getInstanceMetadataRegion$/,
    importer: /@smithy\/core\//,
    contents: 'export const getInstanceMetadataRegion = async () => undefined',
  },
  {
    imported: /\/DefaultRateLimiter$/,
    importer: /@smithy\/core\//,
    contents: 'export const DefaultRateLimiter = undefined',
  },
]

/** A sixth of zod that only the API's document needs: describing schemas as JSON Schema. */
const unusedOfZod: StandIn = {
  imported: /\/(json-schema-processors|to-json-schema)\.js$/,
  importer: /\/zod\/v4\/classic\//,
  contents: `const refuse = () => { throw new Error('JSON Schema is bundled for api/docs only: see infra/lean-bundles.ts') }
export { refuse as toJSONSchema }
export const createToJSONSchemaMethod = () => refuse
export const createStandardJSONSchemaMethod = () => refuse`,
}

/**
 * Node's http without WebSocket and what belongs to it: an ES module that imports `node:http` reads all of its exports, and
 * these load 20 ms of fetch's code.
 */
const http: StandIn = {
  imported: /^(node:)?http$/,
  importer: /./,
  contents: `const http = process.getBuiltinModule('node:http')
export default http
export const { ${httpExports().join(', ')} } = http`,
}

function httpExports(): string[] {
  return Object.keys(createRequire(import.meta.url)('node:http')).filter(
    name => !['WebSocket', 'CloseEvent', 'MessageEvent'].includes(name),
  )
}

/**
 * Leaves out of bundles what no function can reach, and the checking of definitions, which loading this file has done.
 * @param describesSchemas whether one of the functions makes JSON Schema of zod's schemas.
 */
export function lean({ describesSchemas }: { describesSchemas: boolean }): Plugin {
  const standIns = [http, ...unusedOfSdk, ...(describesSchemas ? [] : [unusedOfZod])]
  return {
    name: 'lean',
    setup: ({ initialOptions, onResolve, onLoad, resolve }) => {
      initialOptions.define = { ...initialOptions.define, definitionsAreChecked: 'true' }
      const asked = Symbol('asked already')
      for (const [index, { imported, importer }] of standIns.entries())
        onResolve({ filter: imported }, from =>
          importer.test(from.importer) && from.kind !== 'require-call'
            ? { path: String(index), namespace: 'lean' }
            : undefined,
        )
      onResolve({ filter: /\/meta-schema\.ts$/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === asked) return undefined
        // What checks definitions is left out with the checking.
        return { ...(await resolve(path, { ...from, pluginData: asked })), sideEffects: false }
      })
      onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({
        contents: standIns[Number(path)]?.contents ?? '',
        resolveDir: import.meta.dirname,
      }))
      onLoad({ filter: /@aws-sdk\/client-[a-z0-9-]+\/package\.json$/ }, ({ path }) => ({
        contents: JSON.stringify({ version: JSON.parse(readFileSync(path, 'utf8')).version }),
        loader: 'json',
      }))
    },
  }
}
