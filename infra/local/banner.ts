import { relative } from 'node:path'
import * as z from 'zod'
import type { LocalStack } from './stack.ts'
import { readAssembly, resourcesOf } from './template.ts'

const seededUsers = z.object({ users: z.array(z.object({ email: z.string(), role: z.string(), name: z.string() })) })

/** What `npm start` prints once everything runs: where it is, who can sign in, and a first request. */
export function banner(
  stack: LocalStack,
  from: { assembly: string; tenant: string; dataDir: string; seconds: string },
): string {
  const users = resourcesOf(readAssembly(from.assembly, from.tenant), 'Custom::SeedTenant').flatMap(
    ({ properties }) => seededUsers.parse(properties).users,
  )
  const width = Math.max(...users.map(({ email }) => email.length))
  const data = process.env['EVERGREEN_DATA']
  const tokenCommand = `${data === undefined ? '' : `EVERGREEN_DATA='${data}' `}npm run -s token -- admin@example.com`
  return [
    '',
    `Evergreen runs (tenant ${from.tenant}, ready in ${from.seconds} s)`,
    '',
    `  API    ${stack.url}`,
    `  Docs   ${stack.url}/docs`,
    `  Data   ${shortPath(from.dataDir)}  (kept; npm start -- --fresh empties it; logs/ has each function's log)`,
    '',
    '  Users (a token for one: npm run -s token -- EMAIL)',
    ...users.map(({ email, role, name }) => `    ${email.padEnd(width)}  ${role.padEnd(12)} ${name}`),
    '',
    '  Try it (in another terminal, in this folder)',
    `    curl -i ${stack.url}/v1/customers -H "Authorization: Bearer $(${tokenCommand})" \\`,
    `      -H 'Content-Type: application/json' -d '{"name":"Evergreen Tea House","kind":"company"}'`,
    '',
    '  Ctrl-C stops it.',
    '',
  ].join('\n')
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere.startsWith('..') ? path : fromHere
}
