import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Version of the engine that everything here was tried with. */
const testedVersion = '1.2.1'

/** Path of the DynamoDB engine's binary for this platform; throws saying what to install where there is none. */
export function findDynoxide(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@dynoxide/${platform}-${arch}`
  const directory = packageDirectory(name)
  const binary = directory && join(directory, platform === 'win32' ? 'dynoxide.exe' : 'dynoxide')
  if (binary !== undefined && existsSync(binary)) return binary
  throw new Error(
    `The DynamoDB engine is missing. Install it: npm install --no-save ${name}@${testedVersion}\n` +
      'or run a DynamoDB-compatible server with streams yourself and set AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:PORT',
  )
}

function packageDirectory(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  } catch {
    return undefined
  }
}
