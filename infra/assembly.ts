import type { CloudAssembly } from 'aws-cdk-lib/cx-api'
import * as z from 'zod'
import type { Bundles } from '#infra/bundle.ts'

const template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) })

/** A table for people: what each tenant consists of, and how to deploy it. */
export function describeAssembly(assembly: CloudAssembly, bundles: Bundles): string {
  const kilobytes = [...bundles.values()].reduce((sum, bundle) => sum + bundle.totalBytes, 0) / 1024
  const rows = assembly.nestedAssemblies.map(({ nestedAssembly: { stacks }, displayName }) => {
    const types = stacks.flatMap(stack => Object.values(template.parse(stack.template).Resources)).map(r => r.Type)
    const functions = types.filter(type => type === 'AWS::Lambda::Function').length
    return [displayName, stacks.length, types.length, functions, kilobytes.toFixed(0)].map(String)
  })
  const commands = rows.map(([tenant]) => `  npx cdk deploy -c tenant=${tenant} '${tenant}/*'`)
  const table = alignColumns([['tenant', 'stacks', 'resources', 'functions', 'code KB'], ...rows])
  return [...table, '', 'Deploy a tenant with credentials of its AWS account:', ...commands].join('\n')
}

function alignColumns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
