import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { companyRoot } from '#lib/normalize/company-name.ts'
import { squeeze } from '#lib/normalize/text.ts'
import type { EvalResult } from './eval-set.ts'

/** Names with and without each legal form of the world, and names of real companies. */
export function companySuffixes(folder: string): EvalResult {
  const start = performance.now()
  const companies = readFileSync(join(folder, 'companies.csv'), 'utf8')
    .split('\n')
    .map(line => line.slice(0, line.lastIndexOf(';')).trim())
    .filter(name => name !== '')
  const forms = [
    ...readFileSync(join(folder, 'org_types.yml'), 'utf8').matchAll(/^ {6}- (?!\w+:)(.+?)(?: #.*)?$/gm),
  ].map(([, alias = '']) => alias.trim().replace(/^(['"])(.*)\1$/, '$2'))
  const names = [...companies, ...forms, ...forms.map(form => `Hualong ${form}`), ...forms.map(form => `华龙${form}`)]
  const emptied = names.filter(name => companyRoot(name) === '' && squeeze(name) !== '')
  const unstable = names.filter(name => companyRoot(companyRoot(name)) !== companyRoot(name))
  const joined = joinedRoots(companies)
  const lost = forms.filter(form => !companyRoot(`Hualong ${form}`).includes('hualong'))
  const stripped = forms.filter(form => companyRoot(`Hualong ${form}`) === 'hualong').length
  return {
    figures: {
      records: names.length,
      result: `${joined.length} joined, ${stripped} of ${forms.length} forms stripped`,
    },
    ms: performance.now() - start,
    bar: 'idempotent, never empty, brand kept, no two roots joined',
    shortfalls: [
      ...emptied.map(name => `emptied: ${name}`),
      ...unstable.map(name => `not idempotent: ${name} -> ${companyRoot(name)}`),
      ...lost.map(form => `brand lost: Hualong ${form}`),
      ...joined.map(pair => `joined: ${pair}`),
    ],
  }
}

/** Names that share a root although more than the legal form tells them apart: one is not the beginning of the other. */
function joinedRoots(companies: readonly string[]): string[] {
  const byRoot = Map.groupBy(new Set(companies), companyRoot)
  return [...byRoot.values()].filter(names => new Set(names.map(firstWord)).size > 1).map(names => names.join(' = '))
}

function firstWord(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/^(?:the|ao|a\.o\.|ab|a b)\s+/, '')
      .split(/[\s,]/)[0] ?? ''
  )
}
