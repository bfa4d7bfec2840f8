import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const text = readFileSync(join(root, 'docs/restoring.md'), 'utf8')
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts
const commands = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.trimEnd().split('\n'))
const starting = (name: string) => commands.filter(command => command.startsWith(`${name} `))

/** What AWS's own tool takes for each command, of what is used here. */
const awsOptions: Record<string, string[]> = {
  'dynamodb restore-table-to-point-in-time': ['source-table-name', 'target-table-name', 'restore-date-time'],
  'dynamodb wait': ['table-name'],
  'dynamodb get-item': ['table-name', 'key'],
  'dynamodb export-table-to-point-in-time': ['table-arn', 'export-time', 's3-bucket', 's3-prefix', 'export-format'],
  'dynamodb describe-export': ['export-arn'],
  's3 cp': ['recursive'],
  'kms get-public-key': ['key-id', 'query', 'output'],
}

const optionsOf = (command: string) => [...command.matchAll(/ --([a-z0-9-]+)/g)].map(match => match[1] ?? '')

describe('docs/restoring.md', () => {
  it('has commands that a shell understands', () => {
    expect(commands.length).toBeGreaterThan(8)
    const { status, stderr } = spawnSync('bash', ['-n'], { input: commands.join('\n'), encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })

  it.each(starting('npm run'))('%s: a script there is, and options that it has', command => {
    const [, , name = ''] = command.split(' ')
    const [, file = ''] = scripts[name]?.split(' ') ?? []
    const source = readFileSync(join(root, file), 'utf8')
    const known = [...source.matchAll(/^ {4,}'?([a-z-]+)'?: \{ type: '(?:string|boolean)'/gm)].map(match => match[1])
    const inline = [...source.matchAll(/[{,] '?([a-z-]+)'?: \{ type: '(?:string|boolean)'/g)].map(match => match[1])
    expect([...known, ...inline]).toEqual(expect.arrayContaining(optionsOf(command)))
  })

  it.each(starting('aws'))('%s: a command and options that AWS knows', command => {
    const [, service = '', operation = ''] = command.split(' ')
    expect(awsOptions[`${service} ${operation}`]).toEqual(expect.arrayContaining(optionsOf(command)))
  })

  it('deploys with what infra/app.ts reads', () => {
    const app = readFileSync(join(root, 'infra/app.ts'), 'utf8')
    const given = starting('npx cdk').flatMap(command => [...command.matchAll(/-c (\w+)=/g)].map(match => match[1]))
    expect(given).toEqual(['tenant', 'restoreFrom'])
    for (const name of given) expect(app).toContain(`fromContext('${name}')`)
  })
})
