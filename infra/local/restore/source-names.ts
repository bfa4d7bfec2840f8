import * as z from 'zod'
import type { Resolve } from '../resolve.ts'
import type { Assembly } from '../template.ts'
import { resourcesOf } from '../template.ts'

/** What a tenant's functions call the things that a restore needs. */
export type SourceNames = {
  vault: string
  /** The copy of the vault, in the second region. */
  vaultCopy: string
  files: string
  /** Copies of files, in the second region. */
  filesCopy: string
  /** Alias of the key that catalogues are signed with. */
  evidenceAlias: string
}

const variablesOf = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional() })

/** Reads the names out of a template: they are the same wherever the tenant runs on a laptop. */
export function sourceNames(assembly: Assembly, resolve: Resolve): SourceNames {
  const variable = (name: string): string => {
    for (const { properties, stack } of resourcesOf(assembly, 'AWS::Lambda::Function')) {
      const value = variablesOf.parse(properties).Environment?.Variables[name]
      if (value !== undefined) return String(resolve(value, stack))
    }
    throw new Error(`No function of the template has a variable ${name}.`)
  }
  const aliases = resourcesOf(assembly, 'AWS::KMS::Alias').map(({ properties, stack }) =>
    String(resolve(properties['AliasName'], stack)),
  )
  const evidenceAlias = aliases.find(name => name.endsWith('-evidence'))
  if (evidenceAlias === undefined) throw new Error('The template has no key that evidence is signed with.')
  return {
    vault: variable('BACKUP_BUCKET'),
    vaultCopy: variable('BACKUP_COPY_BUCKET'),
    files: variable('FILES_BUCKET'),
    filesCopy: variable('FILES_COPY_BUCKET'),
    evidenceAlias,
  }
}
