import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type TenantFile, tenantFile } from '#schemas/tenant.ts'

const folder = join(import.meta.dirname, 'tenants')

/** Names of all tenants that have a file in infra/tenants, sorted. */
export function tenantNames(): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(name => basename(name, '.json'))
    .sort()
}

/** Reads and checks infra/tenants/<name>.json; throws an error that names the file and each wrong field. */
export function readTenant(name: string): TenantFile {
  const file = join(folder, `${name}.json`)
  if (!existsSync(file)) {
    throw new Error(`There is no tenant "${name}": infra/tenants has ${tenantNames().join(', ')}.`)
  }
  return parseTenant(`infra/tenants/${name}.json`, readFileSync(file, 'utf8'))
}

/** Checks the text of a tenant file, whose name inside must be that of the file. */
export function parseTenant(file: string, text: string): TenantFile {
  const parsed = tenantFile.safeParse(parseJson(file, text))
  if (!parsed.success) {
    const lines = parsed.error.issues.map(issue => `  ${issue.path.join('.') || '(whole file)'}: ${issue.message}`)
    throw new Error(`${file} is not a valid tenant file (schemas/tenant.ts):\n${lines.join('\n')}`)
  }
  if (parsed.data.name !== basename(file, '.json')) {
    throw new Error(`${file}: name is "${parsed.data.name}" but must be "${basename(file, '.json')}", like the file.`)
  }
  return parsed.data
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${file} is not valid JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
