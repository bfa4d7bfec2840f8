import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile, type OutputFile, type Plugin } from 'esbuild'
import type { Entry } from '#infra/entries.ts'
// Loading the definitions checks them: bundles need not do it again.
import '#schemas/registry.ts'

/** One function's code as it is deployed. */
type Bundle = {
  /** Folder that becomes the Lambda asset: index.mjs, its chunks, their source maps and static files. */
  directory: string
  /** Bytes read at cold start: index.mjs and the chunks it imports statically. */
  coldBytes: number
  /** Bytes of all code, with the chunks that are imported when first needed. */
  totalBytes: number
}

/** The bundle of each entry. */
export type Bundles = ReadonlyMap<Entry, Bundle>

type BundleOptions = {
  entries: readonly Entry[]
  /** Folder that holds functions/. */
  root: string
  /** Empty folder of the caller's own: two runs at once must not share one. */
  outdir: string
}

type Built = { metafile: Metafile; files: ReadonlyMap<string, OutputFile> }

/** Files that a function serves as they are, gzipped into assets/. */
const staticFiles: { [entry in Entry]?: readonly string[] } = {
  'api/docs': ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE'].map(file => `swagger-ui-dist/${file}`),
}

/** Bundles the entries in a few esbuild calls, one folder a function; throws naming the entry files that are missing. */
export async function bundleFunctions({ entries, root, outdir }: BundleOptions): Promise<Bundles> {
  const missing = entries.map(entryFile).filter(file => !existsSync(join(root, file)))
  if (missing.length > 0) {
    throw new Error(`Cannot bundle: ${missing.join(', ')} not found in ${root} (infra/entries.ts lists the functions).`)
  }
  const bundles = groupByFamily(entries).map(async group => {
    const built = await buildAll(group, root)
    return group.map(entry => [entry, writeBundle(built, entry, outdir)] as const)
  })
  return new Map((await Promise.all(bundles)).flat())
}

/**
 * Entries that are bundled together, the first that fits. What one entry of a call uses of a file stays in that file's
 * chunk for all of them: in one call every function of the API would carry 60 KB of SDK and rules that only jobs need; a
 * call for each entry would take half a minute.
 */
const families = [
  /^api\/docs$/,
  /^api\/(records|search)$/,
  /^api\/duplicates$/,
  /^api\/(refresh|audits)$/,
  /-reminders$|^schedules\/(follow-up|send-digests)$/,
  /^(workflows|schedules)\//,
  /^api\//,
  /^/,
]

function groupByFamily(entries: readonly Entry[]): Entry[][] {
  return [...Map.groupBy(entries, entry => families.findIndex(family => family.test(entry))).values()]
}

async function buildAll(entries: readonly Entry[], root: string): Promise<Built> {
  const result = await build({
    entryPoints: entries.map(entry => ({ in: entryFile(entry), out: flatName(entry) })),
    absWorkingDir: root,
    // Never written: a constant folder keeps the paths in source maps, and so the asset hashes, the same on every machine.
    outdir: '.bundles',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Chinese text as it is, a third smaller than escaped.
    charset: 'utf8',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    legalComments: 'none',
    banner: { js: requireForCommonJs },
    logLevel: 'error',
    define: { definitionsAreChecked: 'true' },
    plugins: [lean([http, ...unusedOfSdk, ...(entries.some(describesSchemas) ? [] : [unusedOfZod])])],
  })
  return { metafile: result.metafile, files: new Map(result.outputFiles.map(file => [basename(file.path), file])) }
}

function writeBundle(built: Built, entry: Entry, outdir: string): Bundle {
  const directory = join(outdir, flatName(entry))
  const main = `${flatName(entry)}.mjs`
  mkdirSync(directory, { recursive: true })
  const all = reachable(built.metafile, main, { lazily: true })
  for (const file of all) {
    const name = file === main ? 'index.mjs' : file
    const code = text(built, file).replace(`sourceMappingURL=${file}.map`, `sourceMappingURL=${name}.map`)
    writeFileSync(join(directory, name), code)
    writeFileSync(join(directory, `${name}.map`), text(built, `${file}.map`))
  }
  writeStaticFiles(entry, directory)
  const cold = reachable(built.metafile, main, { lazily: false })
  return { directory, coldBytes: sizeOf(built, cold), totalBytes: sizeOf(built, all) }
}

/** Packages in CommonJS (iconv-lite) require Node's own modules, for which an ES module has no `require`. */
const requireForCommonJs = `import{createRequire as $require}from'node:module';const require=$require(import.meta.url);`

/** Output files that `main` imports, itself first; with `lazily` also those it imports only when needed. */
function reachable(metafile: Metafile, main: string, { lazily }: { lazily: boolean }): string[] {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]))
  const found = new Set([main])
  for (const file of found) {
    for (const imported of outputs.get(file)?.imports ?? []) {
      if (!imported.external && (lazily || imported.kind !== 'dynamic-import')) found.add(basename(imported.path))
    }
  }
  return [...found]
}

function writeStaticFiles(entry: Entry, directory: string): void {
  const require = createRequire(import.meta.url)
  for (const file of staticFiles[entry] ?? []) {
    mkdirSync(join(directory, 'assets'), { recursive: true })
    writeFileSync(
      join(directory, 'assets', `${basename(file)}.gz`),
      gzipSync(readFileSync(require.resolve(file)), { level: 9 }),
    )
  }
}

/** The API's document is made of the schemas of its requests. */
const describesSchemas = (entry: Entry): boolean => entry === 'api/docs'

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

/** Half of zod's size that only the API's document needs: describing schemas as JSON Schema. */
const unusedOfZod: StandIn = {
  imported: /\/(json-schema-processors|to-json-schema)\.js$/,
  importer: /\/zod\/v4\/classic\//,
  contents: `const refuse = () => { throw new Error('JSON Schema is bundled for api/docs only: see infra/bundle.ts') }
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

/** Puts the stand-ins in their places. */
function lean(standIns: readonly StandIn[]): Plugin {
  return {
    name: 'lean',
    setup: ({ onResolve, onLoad, resolve }) => {
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

const entryFile = (entry: Entry): string => `functions/${entry}.ts`

const flatName = (entry: Entry): string => entry.replaceAll('/', '-')

const text = (built: Built, file: string): string => outputFile(built, file).text

const sizeOf = (built: Built, files: readonly string[]): number =>
  files.reduce((sum, file) => sum + outputFile(built, file).contents.byteLength, 0)

function outputFile(built: Built, file: string): OutputFile {
  const output = built.files.get(file)
  if (output === undefined) throw new Error(`esbuild made no ${file}`)
  return output
}
