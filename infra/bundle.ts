import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile, type OutputFile } from 'esbuild'
import type { Entry } from '#infra/entries.ts'
import { lean } from '#infra/lean-bundles.ts'

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
    plugins: [lean({ describesSchemas: entries.some(describesSchemas) })],
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
